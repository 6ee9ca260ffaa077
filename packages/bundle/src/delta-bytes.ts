import { BundleError, malformed } from "./bundle-error.ts";

/** "CORDLT", a zero byte, and the number of the format. */
export const deltaMagic = Uint8Array.of(0x43, 0x4f, 0x52, 0x44, 0x4c, 0x54, 0x00, 0x01);

/** Magic, digest of the base's signed part, digest of the result, length of the result. */
export const deltaHeaderBytes = deltaMagic.length + 32 + 32 + 4;

/** What a delta does next; `docs/reference/delta.md`. */
export const operations = { copy: 1, insert: 2, flip: 3 } as const;

/** Grows as it is written, up to `bytesMax`: beyond it a delta is no use. */
export class DeltaWriter {
  readonly #bytesMax: number;
  #bytes = new Uint8Array(1024);
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** LEB128: seven bits a byte, the lowest first. Whole numbers up to 2^53 − 1. */
  number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A copy of what was written. */
  written(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#bytesMax) {
      throw new BundleError("ERR_BUNDLE_SIZE", `a delta over the limit of ${this.#bytesMax} bytes`);
    }
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, Math.min(this.#bytes.length * 2, this.#bytesMax)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Reads what a DeltaWriter wrote. Throws a BundleError (ERR_BUNDLE_FORMAT) instead of going past the end. */
export class DeltaReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw malformed("a delta that is cut");
    this.#at++;
    return value;
  }

  number(): number {
    let value = 0;
    for (let weight = 1; ; weight *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * weight;
      // One number has one form, and stays exact.
      if (value > Number.MAX_SAFE_INTEGER || (byte === 0 && weight > 1)) {
        throw malformed("a number of a delta that is not in its shortest form");
      }
      if (byte < 0x80) return value;
    }
  }

  /** A part of the delta itself, not a copy. */
  bytes(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw malformed("a delta that is cut");
    const at = this.#at;
    this.#at += count;
    return this.#bytes.subarray(at, at + count);
  }
}
