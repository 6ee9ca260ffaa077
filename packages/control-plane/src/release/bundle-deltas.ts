import { Worker } from "node:worker_threads";
import { bundleBytesMax, makeDelta } from "@cordon/bundle";
import type { BundleFolder, ServedBundle } from "../bundle-folder.ts";
import { sha256 } from "../bundle-keys.ts";
import type { MakeDeltaTask } from "./make-delta-thread.ts";

/** Bundles before the newest that points may still have, for which a delta is made. */
const basesMax = 8;

/** Deltas that are kept; the newest bundle and the one promoted, from each base. */
const keptMax = 2 * basesMax;

/** Up to this many bytes of both bundles a delta takes a few milliseconds: less than to start a thread. */
const inPlaceBytesMax = 512 * 1024;

/** A delta that is nearly as long as the bundle is not worth the work of applying it. */
const worthwhile = 0.9;

/**
 * Deltas from bundles that were served before, each made once, when the first point asks for it. Bundles of many megabytes are
 * compared in a thread of their own, so that nobody waits for it.
 */
export class BundleDeltas {
  readonly #bundles: BundleFolder;
  readonly #kept = new Map<string, Promise<Uint8Array | null>>();
  /** Version by digest. */
  #bases: Promise<ReadonlyMap<string, number>> | null = null;
  #basesOf: string | null = null;

  constructor(bundles: BundleFolder) {
    this.#bundles = bundles;
  }

  /** From the bundle with this digest (hex) to `next`; null when there is none that is worth it. */
  async between(baseSha256: string, next: ServedBundle): Promise<Uint8Array | null> {
    const version = (await this.#known(next)).get(baseSha256);
    if (version === undefined || version >= next.version) return null;
    const key = `${baseSha256} ${next.sha256}`;
    let made = this.#kept.get(key);
    if (made === undefined) {
      made = this.#make(version, next).catch(() => null);
      this.#kept.set(key, made);
      for (const oldest of this.#kept.keys()) {
        if (this.#kept.size <= keptMax) break;
        this.#kept.delete(oldest);
      }
    }
    return made;
  }

  /** The bundles before `next` that are still on disk. */
  #known(next: ServedBundle): Promise<ReadonlyMap<string, number>> {
    if (this.#bases === null || this.#basesOf !== next.sha256) {
      this.#basesOf = next.sha256;
      this.#bases = this.#read(next.version);
    }
    return this.#bases;
  }

  async #read(nextVersion: number): Promise<ReadonlyMap<string, number>> {
    const known = new Map<string, number>();
    for (let version = nextVersion - 1; version >= Math.max(0, nextVersion - basesMax); version--) {
      const base = await this.#bundles.read(version);
      if (base !== null) known.set(base.sha256, version);
    }
    return known;
  }

  async #make(version: number, next: ServedBundle): Promise<Uint8Array | null> {
    const base = await this.#bundles.read(version);
    if (base === null) return null;
    const delta =
      base.bytes.length + next.bytes.length <= inPlaceBytesMax
        ? makeDelta(base.bytes, next.bytes, { sha256, bundleBytesMax })
        : await inThread({
            baseFile: this.#bundles.fileOf(version),
            nextFile: this.#bundles.fileOf(next.version),
            bundleBytesMax,
          });
    return delta.length < next.bytes.length * worthwhile ? delta : null;
  }
}

function inThread(task: MakeDeltaTask): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./make-delta-thread.ts", import.meta.url), { workerData: task });
    thread.unref();
    thread.once("message", (delta: Uint8Array) => resolve(delta));
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the thread ended without a delta")));
  });
}
