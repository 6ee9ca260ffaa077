import { Backoff } from "./backoff.ts";
import type { KeptFile } from "./kept-file.ts";
import type { After } from "./source-timers.ts";

/** Between two attempts to write, when the disk is full or gone. */
const retryMs = { firstMs: 250, longestMs: 30_000 };

interface LastGoodOptions {
  readonly file: KeptFile;
  /** From the coming into force of a bundle to its writing. */
  readonly keepAfterMs: number;
  readonly after: After;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** An attempt to write has failed; there will be another one. */
  readonly failed: () => void;
}

/**
 * Keeps the newest good bundle on disk, beside what the point does: a bundle comes into force in memory at once, and the
 * points of one machine open it before their disks are busy. Of bundles that come quickly only the newest is written. A
 * crash before that leaves the one of before, whole: the point begins with it, and asks its source as always.
 */
export class LastGood {
  readonly #options: LastGoodOptions;
  readonly #backoff: Backoff;
  /** Not yet on disk. */
  #waiting: Uint8Array | null = null;
  #isHeld = false;
  #cancel: (() => void) | null = null;
  #writing: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: LastGoodOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...retryMs, random: options.random });
  }

  /** Whether the disk holds the newest bundle. */
  get isKept(): boolean {
    return this.#isHeld && this.#waiting === null;
  }

  /** Null when nothing was ever kept. Throws when there is something and it can't be read. */
  read(): Promise<Uint8Array | null> {
    return this.#options.file.read();
  }

  /** What `read` gave is in force. */
  isInForce(): void {
    this.#isHeld = true;
  }

  keep(bytes: Uint8Array): void {
    this.#waiting = bytes;
    this.#schedule(this.#options.keepAfterMs);
  }

  /** Writes what waits, once; afterwards nothing is written any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#writing;
    if (this.#waiting !== null) await this.#write(this.#waiting);
  }

  #schedule(ms: number): void {
    if (this.#isClosed || this.#cancel !== null || this.#writing !== null) return;
    this.#cancel = this.#options.after(ms, () => {
      this.#cancel = null;
      this.#writing = this.#writeWaiting();
    });
  }

  async #writeWaiting(): Promise<void> {
    const nextMs = this.#waiting === null ? 0 : await this.#write(this.#waiting);
    this.#writing = null;
    if (this.#waiting !== null) this.#schedule(nextMs);
  }

  /** Resolves with how long to wait before the next write. */
  async #write(bytes: Uint8Array): Promise<number> {
    try {
      await this.#options.file.write(bytes);
    } catch {
      this.#options.failed();
      return this.#backoff.nextMs();
    }
    this.#backoff.succeeded();
    this.#isHeld = true;
    if (this.#waiting === bytes) this.#waiting = null;
    return this.#options.keepAfterMs;
  }
}
