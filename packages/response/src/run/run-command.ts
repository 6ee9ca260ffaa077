import type { RateSample } from "./watch.ts";

/** Begins an approved run with its canary. */
interface StartRun {
  readonly kind: "start-run";
  readonly planId: string;
}

/** From the canary to the waves of its stage. `samples`: the watched rates as they are. */
interface PromoteRun {
  readonly kind: "promote-run";
  readonly planId: string;
  readonly samples: readonly RateSample[];
}

/** To the canary of the next stage, when all waves of this one are open. */
interface AdvanceRun {
  readonly kind: "advance-run";
  readonly planId: string;
}

interface PauseRun {
  readonly kind: "pause-run";
  readonly planId: string;
  readonly because: string;
}

interface ResumeRun {
  readonly kind: "resume-run";
  readonly planId: string;
  readonly because: string;
  readonly samples: readonly RateSample[];
}

/** `metShare`: the share of the people concerned who have met all measures; null where nobody can tell. */
interface CompleteRun {
  readonly kind: "complete-run";
  readonly planId: string;
  readonly metShare: number | null;
}

export type RunCommand = StartRun | PromoteRun | AdvanceRun | PauseRun | ResumeRun | CompleteRun;
