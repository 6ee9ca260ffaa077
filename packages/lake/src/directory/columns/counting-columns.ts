import { open, readFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject } from "@cordon/model";

/*
 * versions/<n>/columns/: what cohorts are counted by, beside the Parquet files that it was taken from, in a shape that a
 * program scans at memory's speed. Numbers are little-endian; null and unknown times are 0, others whole seconds since
 * the epoch, from 1.
 *   market         16 bits an account, by ordinal: an index into `markets`
 *   created        32 bits an account: seconds
 *   password       32 bits an account: seconds
 *   installations  16 or 32 bits an entry, by ordinal: an index into `classes`; the highest bit is set in each account's
 *                  last entry. An account without installations has one entry, of the last index (all other bits set)
 *   seen           32 bits an entry: seconds
 *   head.json      what CountingHead says
 *
 * INVARIANT: `head.json` is written last. Without it, or with a file of another length, all is asked of the Parquet files,
 * which are the truth; the answers are the same.
 */

/** Everything about an installation but its account and when it was last seen. */
export interface InstallationClass {
  readonly platform: string;
  readonly store: string;
  readonly version: string | null;
  readonly hasOffline: boolean;
}

export interface CountingHead {
  readonly format: 1;
  readonly accounts: number;
  readonly entries: number;
  readonly entryBytes: 2 | 4;
  /** Null: unknown. */
  readonly markets: readonly (string | null)[];
  readonly classes: readonly InstallationClass[];
}

type CountingColumn = "market" | "created" | "password" | "installations" | "seen";

/** Accounts or entries that are looked at between two turns of the event loop; a multiple of 8. A column of them fits a core's cache. */
const chunkItems = 2 ** 18;

/** One version's counting columns. Nothing is held in memory but the head. */
export class CountingColumns {
  readonly head: CountingHead;
  readonly #folder: string;

  private constructor(folder: string, head: CountingHead) {
    this.#folder = folder;
    this.head = head;
  }

  /** Null where a version has none, or not whole. */
  static async open(versionFolder: string): Promise<CountingColumns | null> {
    const folder = join(versionFolder, "columns");
    const text = await readFile(join(folder, "head.json"), "utf8").catch(() => null);
    const head: unknown = text === null ? null : JSON.parse(text);
    if (!isHead(head)) return null;
    const columns = new CountingColumns(folder, head);
    return (await columns.#isWhole()) ? columns : null;
  }

  /** The entry of an account without installations, with its highest bit. */
  get noInstallation(): number {
    return this.head.entryBytes === 2 ? 0xffff : 0xffff_ffff;
  }

  /** Some columns of the accounts, chunk by chunk; `from` is a multiple of 8. The arrays are overwritten by the next chunk. */
  accounts<Name extends "market" | "created" | "password">(
    names: readonly Name[],
  ): AsyncGenerator<{
    readonly from: number;
    readonly columns: Readonly<Record<Name, Uint16Array | Uint32Array>>;
  }> {
    return this.#chunks(names, this.head.accounts);
  }

  /** Likewise the installations' entries. */
  entries<Name extends "installations" | "seen">(
    names: readonly Name[],
  ): AsyncGenerator<{
    readonly from: number;
    readonly columns: Readonly<Record<Name, Uint16Array | Uint32Array>>;
  }> {
    return this.#chunks(names, this.head.entries);
  }

  async *#chunks<Name extends CountingColumn>(
    names: readonly Name[],
    items: number,
  ): AsyncGenerator<{
    readonly from: number;
    readonly columns: Readonly<Record<Name, Uint16Array | Uint32Array>>;
  }> {
    const files: FileHandle[] = [];
    let next: Promise<Record<Name, Uint16Array | Uint32Array>> | null = null;
    try {
      for (const name of names) files.push(await open(join(this.#folder, name)));
      // Two buffers for each column: the next chunk is read while this one is looked at.
      const buffers = [0, 1].map(() =>
        names.map((name) => new Uint8Array(Math.min(chunkItems, items) * this.#bytesOf(name))),
      );
      const read = async (from: number): Promise<Record<Name, Uint16Array | Uint32Array>> => {
        const count = Math.min(chunkItems, items - from);
        const views = await Promise.all(
          names.map(async (name, index) => {
            const width = this.#bytesOf(name);
            const buffer = buffers[(from / chunkItems) % 2]?.[index] ?? new Uint8Array(0);
            await readWhole(files[index], buffer.subarray(0, count * width), from * width);
            const view =
              width === 2
                ? new Uint16Array(buffer.buffer, 0, count)
                : new Uint32Array(buffer.buffer, 0, count);
            return [name, view] as const;
          }),
        );
        return Object.fromEntries(views) as Record<Name, Uint16Array | Uint32Array>;
      };
      next = items > 0 ? read(0) : null;
      for (let from = 0; from < items && next !== null; from += chunkItems) {
        const columns = await next;
        next = from + chunkItems < items ? read(from + chunkItems) : null;
        // Awaited in the next round; until then a failure is nobody's surprise.
        next?.catch(() => undefined);
        yield { from, columns };
      }
    } finally {
      await Promise.allSettled([next]);
      for (const file of files) await file.close();
    }
  }

  #bytesOf(name: CountingColumn): number {
    if (name === "market") return 2;
    return name === "installations" ? this.head.entryBytes : 4;
  }

  async #isWhole(): Promise<boolean> {
    for (const name of ["market", "created", "password", "installations", "seen"] as const) {
      const items = name === "installations" || name === "seen" ? this.head.entries : this.head.accounts;
      const file = await open(join(this.#folder, name)).catch(() => null);
      if (file === null) return false;
      const { size } = await file.stat();
      await file.close();
      if (size !== items * this.#bytesOf(name)) return false;
    }
    return true;
  }
}

async function readWhole(file: FileHandle | undefined, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead = 0 } = (await file?.read(into, done, into.length - done, position + done)) ?? {};
    if (bytesRead === 0) throw new TypeError("a counting column that was whole ends early");
    done += bytesRead;
  }
}

function isHead(value: unknown): value is CountingHead {
  return (
    isJsonObject(value) &&
    value["format"] === 1 &&
    typeof value["accounts"] === "number" &&
    typeof value["entries"] === "number" &&
    (value["entryBytes"] === 2 || value["entryBytes"] === 4) &&
    Array.isArray(value["markets"]) &&
    Array.isArray(value["classes"])
  );
}
