/** Requests that one address, and one operator, may make within a second. */
export const requestsPerSecondMax = 5000;
/** Requests with a wrong token that one address may make within a minute. */
export const wrongTokensPerMinuteMax = 60;
/** Attempts to sign in or to enrol that one address may make within a minute. */
export const signInsPerMinuteMax = 30;
/** Attempts at one account that may fail within a quarter of an hour, whatever addresses they come from. */
export const failedSignInsMax = 10;
export const failedSignInsWindowMs = 15 * 60_000;
/** API tokens that one operator may make within an hour. */
export const newTokensPerHourMax = 20;
/** Addresses that are counted at a time. */
const addressesMax = 10_000;

/** Counts by address or account in windows of fixed length. */
export class RateLimit {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #clock: () => number;
  #windowStartMs = 0;
  #counts = new Map<string, number>();

  constructor(options: { readonly max: number; readonly windowMs: number; readonly clock: () => number }) {
    this.#max = options.max;
    this.#windowMs = options.windowMs;
    this.#clock = options.clock;
  }

  /** Counts one more. Null: it is within the limit; else the whole seconds until the next window. */
  count(address: string): number | null {
    const next = this.#current().get(address) ?? 0;
    // When there are more addresses than are counted, the new ones go uncounted rather than the memory.
    if (this.#counts.size < addressesMax || this.#counts.has(address)) this.#counts.set(address, next + 1);
    return next < this.#max ? null : this.#secondsLeft();
  }

  /** As `count`, without counting. */
  reached(address: string): number | null {
    return (this.#current().get(address) ?? 0) < this.#max ? null : this.#secondsLeft();
  }

  #current(): Map<string, number> {
    const nowMs = this.#clock();
    if (Math.abs(nowMs - this.#windowStartMs) >= this.#windowMs) {
      this.#windowStartMs = nowMs;
      this.#counts = new Map();
    }
    return this.#counts;
  }

  #secondsLeft(): number {
    return Math.max(1, Math.ceil((this.#windowStartMs + this.#windowMs - this.#clock()) / 1000));
  }
}
