import type { Fingerprint } from "./fingerprint.ts";
import { malformed } from "./bundle-error.ts";
import { viewOf } from "./layout.ts";

const fingerprintBytes = 8;
const bucketBitsMax = 24;

/** A sorted set of fingerprints in typed arrays; a lookup is one bucket and a search of the few in it. */
export class FingerprintIndex {
  readonly size: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  /** Where the fingerprints of each value of the topmost bits begin, and one past the end. */
  readonly #starts: Uint32Array;
  readonly #bucketBits: number;

  /** `bytes`: big-endian 64-bit numbers. Throws a BundleError unless each is above the one before it. */
  constructor(bytes: Uint8Array) {
    const size = bytes.length / fingerprintBytes;
    const view = viewOf(bytes);
    this.size = size;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      const high = view.getUint32(i * fingerprintBytes, false);
      const low = view.getUint32(i * fingerprintBytes + 4, false);
      if (i > 0 && !this.#isBelow(i - 1, { high, low }))
        throw malformed("fingerprints not in ascending order");
      this.#high[i] = high;
      this.#low[i] = low;
    }
    this.#bucketBits = Math.min(Math.max(Math.floor(Math.log2(size)), 0), bucketBitsMax);
    this.#starts = this.#countBuckets();
  }

  has(fingerprint: Fingerprint): boolean {
    const bucket = this.#bucketOf(fingerprint.high);
    let from = this.#starts[bucket] ?? 0;
    let to = this.#starts[bucket + 1] ?? 0;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#isBelow(middle, fingerprint)) from = middle + 1;
      else to = middle;
    }
    return this.#high[from] === fingerprint.high && this.#low[from] === fingerprint.low;
  }

  #isBelow(index: number, { high, low }: Fingerprint): boolean {
    const ownHigh = this.#high[index] ?? 0;
    return ownHigh === high ? (this.#low[index] ?? 0) < low : ownHigh < high;
  }

  #bucketOf(high: number): number {
    // A shift by 32 would be one by 0.
    return this.#bucketBits === 0 ? 0 : high >>> (32 - this.#bucketBits);
  }

  #countBuckets(): Uint32Array {
    const starts = new Uint32Array(2 ** this.#bucketBits + 1);
    for (const high of this.#high) {
      const next = this.#bucketOf(high) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
    return starts;
  }
}

/**
 * The fingerprints sorted and as bytes, ready for an index; null when two of them are the same.
 */
export function sortFingerprints(fingerprints: Iterable<Fingerprint>, count: number): Uint8Array | null {
  const numbers = new BigUint64Array(count);
  let filled = 0;
  for (const { high, low } of fingerprints) numbers[filled++] = (BigInt(high) << 32n) | BigInt(low);
  numbers.sort();
  const bytes = new Uint8Array(count * fingerprintBytes);
  const view = viewOf(bytes);
  for (const [index, number] of numbers.entries()) {
    if (index > 0 && numbers[index - 1] === number) return null;
    view.setBigUint64(index * fingerprintBytes, number, false);
  }
  return bytes;
}
