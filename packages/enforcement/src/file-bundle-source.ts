import { constants, watch as watchFolder } from "node:fs";
import type { FSWatcher } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { BundleError, readLayout } from "@cordon/bundle";

import type { BesideBundle, BundleSource, Offer, SourceWatch } from "./bundle-source.ts";
import { EnforcementError } from "./errors.ts";
import { SourceLoop } from "./source-loop.ts";
import { afterRealTime } from "./source-timers.ts";
import type { After } from "./source-timers.ts";

export interface FileBundleSourceOptions {
  /** Best replaced by renaming another file onto it. */
  readonly file: string;
  readonly bundleBytesMax: number;
  /** A number in [0, 1), for spreading looks. */
  readonly random: () => number;
  /** Looks this often even when the file system tells nothing, as network file systems do. */
  readonly pollMs: number;
  /** A file that is no whole bundle counts as written when it has not changed for this long. */
  readonly stillMs: number;
  readonly backoffFirstMs: number;
  readonly backoffLongestMs: number;
  /** The time of waits: the real one unless given. */
  readonly after?: After;
}

export const fileBundleSourceDefaults = {
  pollMs: 2_000,
  stillMs: 500,
  backoffFirstMs: 250,
  backoffLongestMs: 30_000,
} as const;

/** How a file looked: changes whenever its contents do. */
type FileMark = string;

/**
 * Bundles from a file that another program puts there. It need not be there yet. A file that is being written is waited
 * for, so that a half is not taken for a bundle that is broken.
 */
export class FileBundleSource implements BundleSource {
  readonly #options: FileBundleSourceOptions;
  readonly #loop: SourceLoop;
  #offer: (bytes: Uint8Array) => Promise<Offer> = () => Promise.resolve("again");
  #watch: SourceWatch = { failed: () => undefined, oversize: () => undefined };
  #watcher: FSWatcher | null = null;
  #settled: FileMark | null = null;
  #tooLarge: FileMark | null = null;

  constructor(options: FileBundleSourceOptions) {
    this.#options = options;
    this.#loop = new SourceLoop({
      ...options,
      after: options.after ?? afterRealTime,
      lookOnce: () => this.#lookOnce(),
      failed: (error) => this.#watch.failed(error),
    });
  }

  async follow(offer: (bytes: Uint8Array) => Promise<Offer>, watch: SourceWatch): Promise<void> {
    this.#offer = offer;
    this.#watch = watch;
    await this.#loop.begin();
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    this.#watcher = null;
    await this.#loop.close();
  }

  /** In the bundle's folder. */
  async beside(name: BesideBundle, bytesMax: number): Promise<Uint8Array | null> {
    const handle = await openIfThere(join(dirname(this.#options.file), name));
    if (handle === null) return null;
    try {
      const bytes = await readFrom(handle, bytesMax + 1);
      if (bytes.length <= bytesMax) return bytes;
      throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `\`${name}\` has more than ${bytesMax} bytes`);
    } finally {
      await handle.close();
    }
  }

  /** The folder, not the file: whoever renames onto a file makes another one. */
  #listen(): void {
    if (this.#watcher !== null || this.#loop.stopped.aborted) return;
    const { file } = this.#options;
    try {
      const watcher = watchFolder(dirname(file), (_event, name) => {
        if (name === null || name === basename(file)) void this.#loop.look();
      });
      // The folder is gone, or there are too many watches: polling goes on, and begins another one.
      watcher.on("error", () => this.#deafen(watcher));
      this.#watcher = watcher;
    } catch {
      this.#watcher = null;
    }
  }

  #deafen(watcher: FSWatcher): void {
    watcher.close();
    if (this.#watcher === watcher) this.#watcher = null;
  }

  async #lookOnce(): Promise<void> {
    this.#watch.looking?.();
    // Before the look, lest a change between the two be missed; and at each, for a folder that was made late.
    this.#listen();
    const handle = await openIfThere(this.#options.file);
    if (handle === null) return;
    try {
      await this.#lookAt(handle);
    } finally {
      await handle.close();
    }
  }

  async #lookAt(handle: FileHandle): Promise<void> {
    const { bundleBytesMax, stillMs } = this.#options;
    const { mark, size, isReplaced } = await markOf(handle);
    if (isReplaced) {
      // Losing its name has changed its mark; what it holds was offered before, or is old.
      void this.#loop.look();
      return;
    }
    if (mark === this.#settled || mark === this.#tooLarge) return;
    const bytes = size > bundleBytesMax ? null : await readFrom(handle, size);
    const whole = bytes !== null && isWhole(bytes, bundleBytesMax);
    if (!whole && !(await this.#loop.pause(stillMs))) return;
    if ((await markOf(handle)).mark !== mark) {
      void this.#loop.look();
    } else if (bytes === null) {
      this.#tooLarge = mark;
      this.#watch.oversize();
    } else if ((await this.#offer(bytes)) === "settled") {
      this.#settled = mark;
    }
  }
}

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    // Not blocking: a pipe in the file's place would be waited for, and with it a thread of the pool.
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function markOf(
  handle: FileHandle,
): Promise<{ readonly mark: FileMark; readonly size: number; readonly isReplaced: boolean }> {
  const stat = await handle.stat({ bigint: true });
  if (!stat.isFile()) throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", "the bundle's path is no file");
  const { dev, ino, size, mtimeNs, ctimeNs, nlink } = stat;
  const mark = [dev, ino, size, mtimeNs, ctimeNs].join(".");
  return { mark, size: Number(size), isReplaced: nlink === 0n };
}

/** The file's first `size` bytes, or fewer when it has become shorter. */
async function readFrom(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** Whether the bytes have a bundle's outline from the first to the last; who has signed them is asked elsewhere. */
function isWhole(bytes: Uint8Array, bundleBytesMax: number): boolean {
  try {
    readLayout(bytes, bundleBytesMax);
    return true;
  } catch (error) {
    if (error instanceof BundleError) return false;
    throw error;
  }
}
