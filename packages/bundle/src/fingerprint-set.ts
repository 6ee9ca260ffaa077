import type { AccountHashes } from "./account-hash.ts";
import { BitReader, BitWriter } from "./bits.ts";
import { malformed } from "./bundle-error.ts";

/**
 * Fingerprints: the uppermost 32 + m bits of the members' hashes, where 2^m is the least power of two above their
 * number. The upper m bits are a bucket. The section is Elias and Fano's: for each member, in ascending order, how many
 * buckets it is after the one before it, in unary (so many 0, then 1), up to a whole byte; then the lower 32 bits of each
 * as u32.
 */
function bucketBitsOf(members: number): number {
  return members === 0 ? 0 : Math.floor(Math.log2(members)) + 1;
}

/** What `encodeFingerprints` takes at most, in bytes. */
export function fingerprintBytesMost(members: number): number {
  return Math.ceil((members + 2 ** bucketBitsOf(members)) / 8) + 4 * members;
}

function bucketOf(high: number, bucketBits: number): number {
  return high >>> (32 - bucketBits);
}

/** The 32 bits after the bucket. */
function restOf(high: number, low: number, bucketBits: number): number {
  return bucketBits === 32 ? low : ((high << bucketBits) | (low >>> (32 - bucketBits))) >>> 0;
}

/** Null when two members have the same fingerprint. */
export function encodeFingerprints({ count, high, low }: AccountHashes): Uint8Array | null {
  if (count === 0) return new Uint8Array(0);
  const bucketBits = bucketBitsOf(count);
  const starts = new Uint32Array(2 ** bucketBits + 1);
  for (let i = 0; i < count; i++) {
    const next = bucketOf(high[i] ?? 0, bucketBits) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  const rests = new Uint32Array(count);
  const next = starts.slice();
  for (let i = 0; i < count; i++) {
    const bucket = bucketOf(high[i] ?? 0, bucketBits);
    const at = next[bucket] ?? 0;
    rests[at] = restOf(high[i] ?? 0, low[i] ?? 0, bucketBits);
    next[bucket] = at + 1;
  }
  return sortedInBuckets(rests, starts) ? written(rests, starts) : null;
}

/** Sorts each bucket's few; false when two are the same. */
function sortedInBuckets(rests: Uint32Array, starts: Uint32Array): boolean {
  for (let bucket = 0; bucket + 1 < starts.length; bucket++) {
    const from = starts[bucket] ?? 0;
    const to = starts[bucket + 1] ?? 0;
    if (to - from < 2) continue;
    const own = rests.subarray(from, to).sort();
    for (let i = 1; i < own.length; i++) if (own[i] === own[i - 1]) return false;
  }
  return true;
}

function written(rests: Uint32Array, starts: Uint32Array): Uint8Array {
  let lastBucket = 0;
  for (let bucket = 0; bucket + 1 < starts.length; bucket++) {
    if ((starts[bucket + 1] ?? 0) > (starts[bucket] ?? 0)) lastBucket = bucket;
  }
  const writer = new BitWriter(rests.length + lastBucket);
  let written = 0;
  for (let bucket = 0; bucket <= lastBucket; bucket++) {
    const members = (starts[bucket + 1] ?? 0) - (starts[bucket] ?? 0);
    for (let i = 0; i < members; i++) {
      writer.unary(bucket - written);
      written = bucket;
    }
  }
  const bytes = new Uint8Array(writer.bytes.length + 4 * rests.length);
  bytes.set(writer.bytes, 0);
  const view = new DataView(bytes.buffer);
  for (const [index, rest] of rests.entries()) {
    view.setUint32(writer.bytes.length + 4 * index, rest, true);
  }
  return bytes;
}

/** A set of fingerprints; a look-up is one bucket, which holds one or two. */
export class FingerprintSet {
  readonly #bucketBits: number;
  /** Where each bucket begins, and one past the end. */
  readonly #starts: Uint32Array;
  readonly #rests: Uint32Array;

  /** Throws a BundleError for anything that `encodeFingerprints` does not write for so many members. */
  constructor(section: Uint8Array, members: number) {
    const bitBytes = section.length - 4 * members;
    // A member takes at least one bit: nothing is allocated for more than the section can hold.
    if (members < 1 || bitBytes * 8 < members) throw malformed("fingerprints that are cut");
    const bucketBits = bucketBitsOf(members);
    this.#bucketBits = bucketBits;
    this.#starts = new Uint32Array(2 ** bucketBits + 1);
    this.#rests = new Uint32Array(members);
    const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
    const reader = new BitReader(section.subarray(0, bitBytes));
    let bucket = 0;
    for (let i = 0; i < members; i++) {
      const gap = reader.unary();
      bucket += gap;
      if (bucket >= 2 ** bucketBits) throw malformed("a fingerprint beyond the last bucket");
      this.#starts[bucket + 1] = (this.#starts[bucket + 1] ?? 0) + 1;
      const rest = view.getUint32(bitBytes + 4 * i, true);
      if (i > 0 && gap === 0 && rest <= (this.#rests[i - 1] ?? 0)) {
        throw malformed("fingerprints not in ascending order");
      }
      this.#rests[i] = rest;
    }
    reader.end();
    const starts = this.#starts;
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  }

  has(high: number, low: number): boolean {
    const bucket = bucketOf(high, this.#bucketBits);
    const rest = restOf(high, low, this.#bucketBits);
    const end = this.#starts[bucket + 1] ?? 0;
    for (let i = this.#starts[bucket] ?? 0; i < end; i++) {
      if (this.#rests[i] === rest) return true;
    }
    return false;
  }
}
