import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { LogWriter } from "./log-writer.ts";

export interface FollowOptions {
  /** How often the database is asked. */
  readonly everyMs: number;
  /** Told once when following fails, and again only after it has gone well in between. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Asks the database how far the log is, and catches up when another server has written. It asks rather than listens: a question
 * that fails is asked again, where a lost notification would not be missed.
 */
export class Following {
  readonly #pool: pg.Pool;
  readonly #writer: LogWriter;
  readonly #options: FollowOptions;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(pool: pg.Pool, writer: LogWriter, options: FollowOptions) {
    this.#pool = pool;
    this.#writer = writer;
    this.#options = options;
    this.#ended = this.#loop();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #loop(): Promise<void> {
    const { everyMs, onFailure } = this.#options;
    const { signal } = this.#stop;
    let failed = false;
    for (;;) {
      // An aborted sleep ends the loop.
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (await this.#isBehind()) await this.#writer.catchUp();
        failed = false;
      } catch (error) {
        if (!failed) onFailure(error);
        failed = true;
      }
    }
  }

  /** Also when the database does not answer: catching up starts the embedded one again. */
  async #isBehind(): Promise<boolean> {
    try {
      const { rows } = await this.#pool.query<{ size: string; published: string }>(
        "select size, published from journal.head",
      );
      const [head] = rows;
      return (
        head !== undefined && (Number(head.size) > this.#writer.treeSize || head.published !== head.size)
      );
    } catch {
      return true;
    }
  }
}
