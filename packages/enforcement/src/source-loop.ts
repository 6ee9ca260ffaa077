import { Backoff } from "./backoff.ts";
import { pause } from "./source-timers.ts";
import type { After } from "./source-timers.ts";

interface SourceLoopOptions {
  /** Asks the source once and offers what is new. Throws when the source can't be asked. */
  readonly lookOnce: (signal: AbortSignal) => Promise<void>;
  readonly failed: (error: unknown) => void;
  /** Between two looks, spread by a fifth to both sides; after a failure sooner, by backoff. */
  readonly pollMs: number;
  readonly backoffFirstMs: number;
  readonly backoffLongestMs: number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly after: After;
}

/** When a source looks for a bundle: one look at a time, at an interval, and when it is told that there is something. */
export class SourceLoop {
  readonly #options: SourceLoopOptions;
  readonly #stop = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  #looking: Promise<boolean> | null = null;
  #lookOnceMore = false;

  constructor(options: SourceLoopOptions) {
    this.#options = options;
  }

  /** Aborted when the source is closed. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** One look at a time; a call that comes while one is under way makes exactly one more follow. True: it worked. */
  look(): Promise<boolean> {
    if (this.#looking !== null) {
      this.#lookOnceMore = true;
      return this.#looking;
    }
    const looking = this.#lookUntilSettled().finally(() => {
      this.#looking = null;
    });
    this.#looking = looking;
    return looking;
  }

  /** Looks once, and when that is done goes on looking at the interval until `close`. */
  async begin(): Promise<void> {
    const worked = await this.look();
    this.run(this.#poll(worked));
  }

  /** `close` waits for this task, which must end when `stopped` is aborted. */
  run(task: Promise<void>): void {
    const tracked = task.finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }

  /** False when the source was closed meanwhile. */
  pause(ms: number): Promise<boolean> {
    return pause(this.#options.after, ms, this.#stop.signal);
  }

  backoff(): Backoff {
    const { backoffFirstMs, backoffLongestMs, random } = this.#options;
    return new Backoff({ firstMs: backoffFirstMs, longestMs: backoffLongestMs, random });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#tasks);
    await this.#looking;
  }

  async #lookUntilSettled(): Promise<boolean> {
    let worked: boolean;
    do {
      this.#lookOnceMore = false;
      worked = await this.#lookOnce();
    } while (this.#wantsOneMore() && !this.#isStopped());
    return worked;
  }

  #wantsOneMore(): boolean {
    return this.#lookOnceMore;
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #lookOnce(): Promise<boolean> {
    if (this.#isStopped()) return false;
    try {
      await this.#options.lookOnce(this.#stop.signal);
      return true;
    } catch (error) {
      if (!this.#isStopped()) this.#options.failed(error);
      return false;
    }
  }

  async #poll(workedAtFirst: boolean): Promise<void> {
    const { pollMs, random } = this.#options;
    const backoff = this.backoff();
    let worked = workedAtFirst;
    while (await this.pause(worked ? pollMs * (0.8 + 0.4 * random()) : Math.min(pollMs, backoff.nextMs()))) {
      worked = await this.look();
      if (worked) backoff.succeeded();
    }
  }
}
