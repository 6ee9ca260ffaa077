/** What a person can let happen to their own account, one act at a time. */
export const replaySteps = ["reauthenticate", "upgrade", "redownload", "clear"] as const;
export type ReplayStep = (typeof replaySteps)[number];

/** GET /api/replay, and the answer to POST /api/replay with { step }. */
export interface ReplayAnswer {
  /** Whether there is a demonstration that plays along. */
  readonly available: boolean;
  /** Acts whose measures are in force now. */
  readonly inForce: readonly ReplayStep[];
}
