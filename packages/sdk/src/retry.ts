import { setTimeout as sleep } from "node:timers/promises";

export interface RetryOptions {
  /** How often a request is tried in all, the first time included. */
  readonly attemptsMax: number;
  /** The wait before the second attempt; it doubles up to `delayMsMax`. */
  readonly delayMs: number;
  readonly delayMsMax: number;
}

/** Outlasts the restart of a control plane: about a minute. */
export const defaultRetry: RetryOptions = { attemptsMax: 35, delayMs: 100, delayMsMax: 2000 };

/** The wait after attempt `attempt` (from 1); `jitter` in [0, 1) spreads the herd over the second half of it. */
function delayAfter(attempt: number, options: RetryOptions, jitter: number): number {
  const full = Math.min(options.delayMsMax, options.delayMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * jitter;
}

/** Runs `attempt` until it gives something else than "again", or the attempts are used up: then the last failure is thrown. */
export async function withRetry<T>(
  options: RetryOptions & { readonly jitter: () => number; readonly signal: AbortSignal | null },
  attempt: () => Promise<{ done: T } | { again: Error; afterMs: number | null }>,
): Promise<T> {
  for (let n = 1; ; n++) {
    const outcome = await attempt();
    if ("done" in outcome) return outcome.done;
    if (n >= options.attemptsMax) throw outcome.again;
    const delayMs = outcome.afterMs ?? delayAfter(n, options, options.jitter());
    await sleep(delayMs, undefined, options.signal === null ? {} : { signal: options.signal });
  }
}
