/** Waits between failed attempts, in milliseconds. */
const leastWaitMs = 3_000;
const longestWaitMs = 60_000;
/** After so many failures in a row nothing is tried again by itself. */
const failuresMax = 5;
/** A server may ask for a longer wait than one's own, but not to be left alone for good. */
const retryAfterMsMax = 3_600_000;

/** What came of the attempts so far; a plain value, so that it can be kept. */
export interface AttemptState {
  /** In a row. */
  readonly failures: number;
  /** Not before this time, in milliseconds since the epoch. */
  readonly notBeforeMs: number;
}

export const noAttempts: AttemptState = { failures: 0, notBeforeMs: 0 };

/** Whether the next attempt must wait for a new cause: a denial, a look at the page, a call. */
export function isBroken(state: AttemptState): boolean {
  return state.failures >= failuresMax;
}

/**
 * After a failure: waits that double from 3 s to 60 s, each spread over its upper half, and never shorter than what the
 * server asked for; that is spread by a fifth upwards, so that those who were told the same come apart.
 */
export function afterFailure(
  state: AttemptState,
  now: { readonly nowMs: number; readonly retryAfterMs: number; readonly random: () => number },
): AttemptState {
  const ceilingMs = Math.min(longestWaitMs, 2 * leastWaitMs * 2 ** Math.min(state.failures, failuresMax));
  const ownMs = ceilingMs / 2 + (ceilingMs / 2) * now.random();
  const askedMs = Math.min(now.retryAfterMs, retryAfterMsMax) * (1 + 0.2 * now.random());
  return {
    failures: Math.min(state.failures + 1, failuresMax),
    notBeforeMs: now.nowMs + Math.max(ownMs, askedMs),
  };
}

/**
 * Whether one may try now. A clock that was set back does not lock anybody out: a wait longer than any that is given
 * is none.
 */
export function mayTry(state: AttemptState, nowMs: number): boolean {
  const leftMs = state.notBeforeMs - nowMs;
  return leftMs <= 0 || leftMs > 1.2 * retryAfterMsMax;
}

/** A `Retry-After` in milliseconds (RFC 9110, 10.2.3: seconds or a date); 0 without a readable one. */
export function readRetryAfter(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
