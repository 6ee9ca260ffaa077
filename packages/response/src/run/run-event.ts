import type { Done } from "../event.ts";

interface RunStep extends Done {
  readonly planId: string;
}

interface RunStepBecause extends RunStep {
  readonly because: string;
}

interface RunExtended extends RunStep {
  readonly pace: number;
  readonly until: string | null;
}

export interface RunEventData {
  readonly "run-started": RunStep;
  readonly "run-promoted": RunStep;
  readonly "run-advanced": RunStep;
  readonly "run-paused": RunStepBecause;
  readonly "run-resumed": RunStepBecause;
  readonly "run-extended": RunExtended;
  readonly "run-completed": RunStepBecause;
}
