/** Windows of so many bytes are looked for; shorter ranges are not worth an entry. */
const windowBytes = 32;

/** Windows of the base that are remembered: bounds the memory at 4 MiB whatever the size of the base. */
const windowsMax = 2 ** 20;

const multiplier = 0x01000193;

/** What `next` is made of: a range of the base, or bytes of its own. */
type MatchingRange =
  | { readonly kind: "copy"; readonly baseOffset: number; readonly length: number }
  | { readonly kind: "insert"; readonly start: number; readonly end: number };

/**
 * Finds ranges of a base in other bytes, in one pass with a rolling hash over a table of the base's windows (the way of
 * rsync). Linear in both, deterministic, and never wrong: every range is compared byte by byte.
 */
export class MatchingRanges {
  readonly #base: Uint8Array;
  readonly #table: Int32Array;
  readonly #shift: number;
  /** `multiplier` to the power of `windowBytes - 1`: the weight of the byte that leaves the window. */
  readonly #leaving: number;

  constructor(base: Uint8Array) {
    this.#base = base;
    const strideBytes = Math.max(windowBytes, Math.ceil(base.length / windowsMax));
    const windows = Math.max(1, Math.floor(base.length / strideBytes));
    const bits = Math.min(20, Math.max(8, Math.ceil(Math.log2(windows)) + 1));
    this.#shift = 32 - bits;
    this.#table = new Int32Array(2 ** bits).fill(-1);
    let leaving = 1;
    for (let i = 1; i < windowBytes; i++) leaving = Math.imul(leaving, multiplier);
    this.#leaving = leaving;
    for (let at = 0; at + windowBytes <= base.length; at += strideBytes) {
      const slot = this.#slot(hashAt(base, at));
      // The first of several stays: a run of equal windows is then copied from its beginning.
      if ((this.#table[slot] ?? 0) < 0) this.#table[slot] = at;
    }
  }

  /** `next[start, end)` as ranges, in order and without holes. */
  *of(next: Uint8Array, start: number, end: number): Generator<MatchingRange> {
    let pending = start;
    let at = start;
    let hash = at + windowBytes <= end ? hashAt(next, at) : 0;
    while (at + windowBytes <= end) {
      const found = this.#table[this.#slot(hash)] ?? -1;
      if (found >= 0 && this.#equals(found, next, at)) {
        let before = 0;
        while (
          at - before > pending &&
          found > before &&
          this.#base[found - before - 1] === next[at - before - 1]
        )
          before++;
        let after = windowBytes;
        while (
          at + after < end &&
          found + after < this.#base.length &&
          this.#base[found + after] === next[at + after]
        )
          after++;
        if (at - before > pending) yield { kind: "insert", start: pending, end: at - before };
        yield { kind: "copy", baseOffset: found - before, length: before + after };
        at += after;
        pending = at;
        if (at + windowBytes <= end) hash = hashAt(next, at);
        continue;
      }
      hash =
        (Math.imul((hash - Math.imul(next[at] ?? 0, this.#leaving)) | 0, multiplier) +
          (next[at + windowBytes] ?? 0)) |
        0;
      at++;
    }
    if (end > pending) yield { kind: "insert", start: pending, end };
  }

  /** Fibonacci hashing: the table's bits are the highest of the product. */
  #slot(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> this.#shift;
  }

  #equals(baseOffset: number, next: Uint8Array, at: number): boolean {
    for (let i = 0; i < windowBytes; i++) {
      if (this.#base[baseOffset + i] !== next[at + i]) return false;
    }
    return true;
  }
}

function hashAt(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let i = 0; i < windowBytes; i++) hash = (Math.imul(hash, multiplier) + (bytes[at + i] ?? 0)) | 0;
  return hash;
}
