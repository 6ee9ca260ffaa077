/**
 * A 4-wise binary fuse function (Graf and Lemire, "Binary Fuse Filters", 2022): gives each of the keys that it was made
 * from the value it was made with, and any other key an arbitrary one. The value is the exclusive or of four slots, one
 * in each of four neighbouring segments.
 */
export interface FuseShape {
  /** How many keys choose their first segment among; there are three segments more. 1 … 2^20. */
  readonly segments: number;
  /** A segment has 2^segmentBits slots; 0 … 16. */
  readonly segmentBits: number;
  /** Another seed sends the keys to other slots. */
  readonly seed: number;
  /** Of the value in each slot; 1 … 24. */
  readonly valueBits: number;
}

export function slotsOf({ segments, segmentBits }: FuseShape): number {
  return (segments + 3) * 2 ** segmentBits;
}

/** The slots' bits one after the other, up to a whole byte. */
export function fuseBytes(shape: FuseShape): number {
  return Math.ceil((slotsOf(shape) * shape.valueBits) / 8);
}

/** MurmurHash3's finaliser: a bijection of 32 bits. */
export function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/** Reads a fuse function from its bytes. */
export class Fuse {
  readonly #segments: number;
  readonly #segmentBits: number;
  readonly #offsetMask: number;
  readonly #seed: number;
  readonly #valueBits: number;
  readonly #valueMask: number;
  readonly #words: Uint32Array;

  /** `bytes` are `fuseBytes(shape)` many. */
  constructor(shape: FuseShape, bytes: Uint8Array) {
    this.#segments = shape.segments;
    this.#segmentBits = shape.segmentBits;
    this.#offsetMask = 2 ** shape.segmentBits - 1;
    this.#seed = shape.seed | 0;
    this.#valueBits = shape.valueBits;
    this.#valueMask = 2 ** shape.valueBits - 1;
    this.#words = wordsOf(bytes);
  }

  valueOf(high: number, low: number): number {
    const a = mix(high ^ this.#seed);
    const b = mix(low ^ a);
    const c = mix(b ^ ((high << 13) | (high >>> 19)));
    const bits = this.#segmentBits;
    const mask = this.#offsetMask;
    const first = Math.floor(((a >>> 0) * this.#segments) / 0x1_0000_0000) << bits;
    const step = 1 << bits;
    return (
      this.#slot(first + (b & mask)) ^
      this.#slot(first + step + ((b >>> 16) & mask)) ^
      this.#slot(first + 2 * step + (c & mask)) ^
      this.#slot(first + 3 * step + ((c >>> 16) & mask))
    );
  }

  #slot(index: number): number {
    if (this.#valueBits === 1) return ((this.#words[index >>> 5] ?? 0) >>> (index & 31)) & 1;
    const at = index * this.#valueBits;
    const word = Math.floor(at / 32);
    const shift = at & 31;
    const low = (this.#words[word] ?? 0) >>> shift;
    // A shift by 32 would be one by 0.
    const high = shift === 0 ? 0 : (this.#words[word + 1] ?? 0) << (32 - shift);
    return (low | high) & this.#valueMask;
  }
}

/** Little-endian words, whatever the machine, and one more so that the last slot's second word is there. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array((bytes.length >>> 2) + 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length >>> 2;
  for (let i = 0; i < whole; i++) words[i] = view.getUint32(i * 4, true);
  for (let at = whole * 4; at < bytes.length; at++) {
    words[whole] = (words[whole] ?? 0) | ((bytes[at] ?? 0) << ((at & 3) * 8));
  }
  return words;
}
