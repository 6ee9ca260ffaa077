/** A number in [0, 1) from a seed, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Decides who goes on next: everything that waits for the world (journal, directory, disk) waits here, and is let go one at a time,
 * in an order that the seed gives.
 */
export class Scheduler {
  readonly #random: () => number;
  readonly #waiting: (() => void)[] = [];
  /** Milliseconds since the epoch. */
  nowMs = Date.parse("2014-05-27T12:00:00Z");

  constructor(random: () => number) {
    this.#random = random;
  }

  pause(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets everything go until `work` is done. Time passes with every step, but never more than seconds. */
  async drive(work: Promise<unknown>): Promise<void> {
    const state = { over: false };
    const ended = work.finally(() => (state.over = true));
    ended.catch(() => undefined);
    while (!state.over) {
      // Whatever follows from the last step has happened before the next.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#waiting.length === 0) continue;
      this.nowMs += Math.floor(this.#random() * 3000);
      const [next] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
      next?.();
    }
    await ended;
  }
}
