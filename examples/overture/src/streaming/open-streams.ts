/** Of one account at once: more than any household hears, and fewer than an attacker needs. */
export const streamsPerAccountMax = 16;

/** Counts the streams that are under way, so that one account can't take all of a small server. */
export class OpenStreams {
  readonly #open = new Map<string, number>();

  /** Null when the account has as many as it may; otherwise call what it returns once, at the end. */
  begin(accountId: string): (() => void) | null {
    const open = this.#open.get(accountId) ?? 0;
    if (open >= streamsPerAccountMax) return null;
    this.#open.set(accountId, open + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.#open.get(accountId) ?? 1) - 1;
      if (left === 0) this.#open.delete(accountId);
      else this.#open.set(accountId, left);
    };
  }
}
