import { createHash, type Hash } from "node:crypto";

import type { LakeFile } from "./lake-manifest.ts";

/** Counts and hashes what was read of a file. */
export class ContentCount {
  readonly #hash: Hash = createHash("sha256");
  #set: string | null = null;
  bytes = 0;
  #last: number | null = null;

  get endsOpen(): boolean {
    return this.#set === null && this.#last !== null && this.#last !== 0x0a;
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    this.#last = bytes.at(-1) ?? null;
  }

  setTo(sha256: string, bytes: number): void {
    this.#set = sha256;
    this.bytes = bytes;
  }

  /** Of everything so far. */
  sha256(): string {
    return this.#set ?? this.#hash.copy().digest("hex");
  }
}

export async function contentOf(
  chunks: AsyncIterable<Buffer>,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const content = new ContentCount();
  for await (const chunk of chunks) content.add(chunk);
  return { sha256: content.sha256(), bytes: content.bytes };
}

/** What follows the beginning that was read before, which is counted again, and with it the end of its last line. */
export async function* restOf(
  chunks: AsyncIterable<Buffer>,
  { contentBytes, endsOpen }: LakeFile,
  content: ContentCount,
): AsyncGenerator<Buffer> {
  let left = contentBytes;
  let lineIsOpen = endsOpen;
  for await (const chunk of chunks) {
    const known = chunk.subarray(0, left);
    content.add(known);
    left -= known.length;
    let rest = chunk.subarray(known.length);
    if (rest.length > 0 && lineIsOpen) {
      const end = rest.indexOf(0x0a) + 1;
      content.add(rest.subarray(0, end));
      rest = rest.subarray(end);
      lineIsOpen = false;
    }
    if (rest.length > 0) yield rest;
  }
}
