import type { Step } from "../incident.ts";

/**
 * draft → proposed → approved → canary → running → completed, with paused between canary or running and either again, and
 * rolled-back from any of the three. The way from approved to running leads through canary and nowhere else; each later
 * stage begins with its canary too.
 */
export const runPhases = [
  "draft",
  "proposed",
  "approved",
  "canary",
  "running",
  "paused",
  "completed",
  "rolled-back",
] as const;
export type RunPhase = (typeof runPhases)[number];

/** Where the waves of the current stage stand, at the run's pace. All times in whole ms. */
export interface WaveClock {
  /** When the waves would have begun to be where they are, if nothing had paused them; null while they stand still. */
  readonly fromMs: number | null;
  /** How far they are while they stand still. */
  readonly elapsedMs: number;
  /** Since when they stand still; null while they move. */
  readonly frozenAtMs: number | null;
}

export interface RunState {
  readonly phase: RunPhase;
  /** Index of the current stage. */
  readonly stage: number;
  /** Grows with everything that changes what the next bundle holds of the plan. */
  readonly step: number;
  /** Waves take so many times as long as planned. */
  readonly pace: number;
  /** Whether the bundle in force is not yet of this step. */
  readonly needsBundle: boolean;
  /** When a bundle with the current stage's canary came into force; null before. */
  readonly canaryInForceMs: number | null;
  /** Null until the current stage is past its canary. */
  readonly clock: WaveClock | null;
  readonly paused: (Step & { readonly because: string; readonly from: "canary" | "running" }) | null;
  readonly started: Step | null;
  readonly extended: readonly Step[];
  /** When the run ends at the latest, with extensions; null: no such time. */
  readonly until: string | null;
  readonly completed: (Step & { readonly because: string }) | null;
  readonly rolledBack: Step | null;
}

export const newRun: RunState = {
  phase: "draft",
  stage: 0,
  step: 0,
  pace: 1,
  needsBundle: false,
  canaryInForceMs: null,
  clock: null,
  paused: null,
  started: null,
  extended: [],
  until: null,
  completed: null,
  rolledBack: null,
};

/** Phases in which clients meet a run's measures and may go on to more. */
const underWay: ReadonlySet<RunPhase> = new Set(["canary", "running", "paused"]);

export function isUnderWay(run: RunState): boolean {
  return underWay.has(run.phase);
}

/** How far a clock is at `nowMs`. */
export function elapsedOf(clock: WaveClock, nowMs: number): number {
  return clock.fromMs === null ? clock.elapsedMs : Math.max(0, nowMs - clock.fromMs);
}
