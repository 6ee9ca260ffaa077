/** Why a copy plays, or does not. */
export type LicenceState =
  | "plays"
  /** Older than its time: a moment online renews it, the copy stays. */
  | "expired"
  /** Issued under an epoch that is over: the copy goes and is fetched anew. */
  | "recalled"
  /** The clock stands before a time that was seen: nothing can be said of the licence's end. */
  | "clock-turned-back";

/** A device's clock may be set a little without any harm. */
export const clockToleranceMs = 5 * 60_000;

/** What is known of the time without asking anybody. */
export interface SeenTime {
  readonly nowMs: number;
  /** The latest time ever seen here, the server's among them; it only grows. */
  readonly highestSeenMs: number;
}

/**
 * Whether a copy may be played. `requiredEpoch`: the highest epoch that this installation has heard of; 0: none.
 * At `expiresAt` (ISO 8601) it is over.
 */
export function licenceState(
  licence: { readonly epoch: number; readonly expiresAt: string },
  requiredEpoch: number,
  { nowMs, highestSeenMs }: SeenTime,
): LicenceState {
  if (licence.epoch < requiredEpoch) return "recalled";
  // An end that can't be read is over: nothing plays for ever by a broken licence.
  if (!(Math.max(nowMs, highestSeenMs) < Date.parse(licence.expiresAt))) return "expired";
  return nowMs < highestSeenMs - clockToleranceMs ? "clock-turned-back" : "plays";
}
