/** Waits between attempts: doubling from the first to the longest, each spread over its upper half so that a crowd comes apart. */
interface BackoffOptions {
  readonly firstMs: number;
  readonly longestMs: number;
  /** A number in [0, 1). */
  readonly random: () => number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** How long to wait before the next attempt. */
  nextMs(): number {
    const { firstMs, longestMs, random } = this.#options;
    const ceilingMs = Math.min(longestMs, firstMs * 2 ** this.#failures);
    // 2^20 · firstMs is past any longest wait; beyond it the power would only overflow.
    this.#failures = Math.min(this.#failures + 1, 20);
    return ceilingMs / 2 + (ceilingMs / 2) * random();
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
