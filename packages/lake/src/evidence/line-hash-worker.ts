import { Worker } from "node:worker_threads";

import type { LineBlock } from "./line-blocks.ts";

/** What the thread is asked to do. */
export type HashOrder =
  | {
      readonly name: "lines";
      readonly source: number;
      readonly bytes: Uint8Array;
      readonly ends: Uint32Array;
      readonly skipLines: number;
    }
  | { readonly name: "sort"; readonly hashes: Uint8Array }
  | { readonly name: "take" };

export type HashReply =
  | { readonly name: "hashed" }
  | { readonly name: "sorted"; readonly hashes: Uint8Array }
  | {
      readonly name: "taken";
      readonly bySource: readonly {
        readonly source: number;
        /** As LineHashes groups them. */
        readonly grouped: Uint8Array<ArrayBuffer>;
      }[];
    };

type Taken = Extract<HashReply, { readonly name: "taken" }>["bySource"];

/** Blocks of lines that wait for the thread at most: a copy of each is kept until then. */
const waitingMax = 4;

interface Waiting {
  readonly resolve: (reply: HashReply) => void;
  readonly reject: (error: Error) => void;
}

/** Hashes lines in a thread of its own, in the order in which they are handed over. */
export class LineHashWorker {
  readonly #worker = new Worker(new URL("./line-hash-thread.ts", import.meta.url), { execArgv: [] });
  readonly #waiting: Waiting[] = [];
  readonly #underWay = new Set<Promise<HashReply>>();
  #failure: Error | null = null;

  constructor() {
    this.#worker.on("message", (reply: HashReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on("error", (error: unknown) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on("exit", () => {
      this.#fail(new Error("the thread that hashes lines ended"));
    });
    this.#worker.unref();
  }

  /** Resolves when there is room for more lines, not when these are hashed. The block is gone for the caller. */
  async hash(source: number, { bytes, ends, isOwn }: LineBlock, skipLines: number): Promise<void> {
    const { given, buffer } = owned(bytes, isOwn);
    const asked = this.#ask({ name: "lines", source, bytes: given, ends, skipLines }, [buffer, ends.buffer]);
    this.#underWay.add(asked);
    const done = asked.finally(() => this.#underWay.delete(asked));
    // A failure is thrown where the hashes are waited for.
    done.catch(() => undefined);
    while (this.#underWay.size >= waitingMax) await Promise.race(this.#underWay);
  }

  /** Hashes of one first byte, in order. The bytes are gone for the caller. */
  async sort(hashes: Buffer): Promise<Uint8Array> {
    const { given, buffer } = owned(hashes, false);
    const reply = await this.#ask({ name: "sort", hashes: given }, [buffer]);
    return reply.name === "sorted" ? reply.hashes : new Uint8Array(0);
  }

  /** The hashes of all lines that were handed over since the last time, by source. */
  async take(): Promise<Taken> {
    const reply = await this.#ask({ name: "take" }, []);
    return reply.name === "taken" ? reply.bySource : [];
  }

  close(): void {
    void this.#worker.terminate();
  }

  #ask(order: HashOrder, given: readonly ArrayBuffer[]): Promise<HashReply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ resolve, reject });
      // The worker keeps the process alive for as long as somebody waits.
      this.#worker.ref();
      this.#worker.postMessage(order, given);
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** Bytes in memory that can be given to another thread; `isOwn`: nobody else reads theirs. */
function owned(bytes: Buffer, isOwn: boolean): { readonly given: Uint8Array; readonly buffer: ArrayBuffer } {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && (isOwn || buffer.byteLength === bytes.length))
    return { given: bytes, buffer };
  const copy = new Uint8Array(bytes);
  return { given: copy, buffer: copy.buffer };
}
