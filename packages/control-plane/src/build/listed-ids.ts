import type { BytesHasher } from "./directory-share.ts";
import { packIds } from "./id-block.ts";

/** What finds an id among those that any cohort lists; in memory that threads see together. */
export interface ListedIds {
  /** UTF-8, one after the other. */
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** By hash, with linear probing: one more than the id's number, 0 for a free place. A power of two long. */
  readonly places: Uint32Array;
}

/** One cohort's list: bit by bit the numbers of its ids, and how many different ones it has. */
interface IdList {
  readonly bits: Uint8Array;
  readonly ids: number;
}

/** The number of a listed id; −1 for one that no cohort lists. Compares the ids, not their hashes alone. */
export function findListed(
  listed: ListedIds,
  hash: { readonly high: number; readonly low: number },
  { bytes, from, to }: { readonly bytes: Uint8Array; readonly from: number; readonly to: number },
): number {
  const mask = listed.places.length - 1;
  for (let place = hash.low & mask; ; place = (place + 1) & mask) {
    const number = (listed.places[place] ?? 0) - 1;
    if (number < 0) return -1;
    if (listed.low[number] !== hash.low || listed.high[number] !== hash.high) continue;
    if (isSame(listed, number, bytes, from, to)) return number;
  }
}

function isSame(listed: ListedIds, number: number, bytes: Uint8Array, from: number, to: number): boolean {
  const start = number === 0 ? 0 : (listed.ends[number - 1] ?? 0);
  const length = (listed.ends[number] ?? 0) - start;
  if (length !== to - from) return false;
  for (let i = 0; i < length; i++) if (listed.bytes[start + i] !== bytes[from + i]) return false;
  return true;
}

/** The ids of all lists under one salt, each once. */
export class ListedIdsBuilder {
  readonly #parts: { readonly bytes: Uint8Array; readonly ends: Uint32Array }[] = [];
  /** Where each list begins and ends among all ids. */
  readonly #lists: { readonly from: number; readonly to: number; readonly malformed: number }[] = [];
  #count = 0;
  /** Takes one cohort's list. */
  add(ids: Iterable<string>): void {
    const from = this.#count;
    // No directory holds an id that is no text: it is outside.
    const malformed = new Set<string>();
    let some: string[] = [];
    const flush = (): void => {
      this.#parts.push(packIds(some));
      this.#count += some.length;
      some = [];
    };
    for (const id of ids) {
      if (!id.isWellFormed()) {
        malformed.add(id);
        continue;
      }
      some.push(id);
      if (some.length === 65_536) flush();
    }
    flush();
    this.#lists.push({ from, to: this.#count, malformed: malformed.size });
  }

  /** The ids, and each list as bits over their numbers: an id that stands twice has one number. */
  build(hasher: BytesHasher): { readonly listed: ListedIds; readonly lists: readonly IdList[] } {
    const bytes = bytesForThreads(this.#parts.reduce((sum, part) => sum + part.bytes.length, 0));
    const ends = wordsForThreads(this.#count);
    let filled = 0;
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part.bytes, at);
      for (const end of part.ends) ends[filled++] = at + end;
      at += part.bytes.length;
    }
    const listed: ListedIds = {
      bytes,
      ends,
      high: wordsForThreads(this.#count),
      low: wordsForThreads(this.#count),
      places: wordsForThreads(2 ** Math.ceil(Math.log2(Math.max(this.#count, 1) * 2))),
    };
    const firstOf = this.#enter(listed, hasher);
    return { listed, lists: this.#lists.map((list) => idList(list, firstOf)) };
  }

  /** Gives each id its place; answers the first number of each. */
  #enter(listed: ListedIds, hasher: BytesHasher): Uint32Array {
    const firstOf = new Uint32Array(this.#count);
    const mask = listed.places.length - 1;
    let from = 0;
    for (let number = 0; number < this.#count; number++) {
      const to = listed.ends[number] ?? 0;
      hasher.readBytes(listed.bytes, from, to);
      const found = findListed(listed, hasher, { bytes: listed.bytes, from, to });
      firstOf[number] = found < 0 ? number : found;
      if (found < 0) {
        listed.high[number] = hasher.high;
        listed.low[number] = hasher.low;
        let place = hasher.low & mask;
        while (listed.places[place] !== 0) place = (place + 1) & mask;
        listed.places[place] = number + 1;
      }
      from = to;
    }
    return firstOf;
  }
}

function idList(
  { from, to, malformed }: { readonly from: number; readonly to: number; readonly malformed: number },
  firstOf: Uint32Array,
): IdList {
  const bits = bytesForThreads(Math.ceil(firstOf.length / 8));
  let ids = malformed;
  for (let number = from; number < to; number++) {
    const first = firstOf[number] ?? 0;
    const byte = bits[first >>> 3] ?? 0;
    if ((byte & (1 << (first & 7))) !== 0) continue;
    bits[first >>> 3] = byte | (1 << (first & 7));
    ids++;
  }
  return { bits, ids };
}

export function bytesForThreads(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

function wordsForThreads(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}
