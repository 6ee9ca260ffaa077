/**
 * Randomness as a pure function of (seed, stream, index): nothing is drawn in order, so any person of a population of
 * millions can be made alone, by any process, and always comes out the same.
 */

function mix(value: number): number {
  // The finalizer of MurmurHash3: every input bit reaches every output bit.
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit key for one stream of draws; streams of different names are independent. */
export function streamKey(seed: number, name: string): number {
  let key = mix((seed >>> 0) ^ 0x9e3779b9) ^ mix(Math.floor(seed / 2 ** 32) + 0x7f4a7c15);
  for (let i = 0; i < name.length; i++) key = mix(Math.imul(key, 31) + name.charCodeAt(i));
  return key >>> 0;
}

/** 32 bits, uniform. */
export function draw32(key: number, index: number): number {
  return mix(Math.imul(mix(index ^ key), 0x9e3779b1) + key);
}

/** A number in [0, 1). */
export function drawUnit(key: number, index: number): number {
  return draw32(key, index) / 2 ** 32;
}

/** A whole number in [0, below). */
export function drawBelow(key: number, index: number, below: number): number {
  return Math.floor(drawUnit(key, index) * below);
}

/**
 * A seeded bijection of 0 … size − 1 without a table: a Feistel network over the next power of four, walked until it
 * lands inside (on average fewer than four steps).
 */
export class Permutation {
  readonly size: number;
  readonly #halfBits: number;
  readonly #mask: number;
  readonly #keys: readonly number[];

  constructor(size: number, key: number) {
    this.size = size;
    const bits = Math.max(2, Math.ceil(Math.log2(Math.max(2, size))));
    this.#halfBits = Math.ceil(bits / 2);
    this.#mask = 2 ** this.#halfBits - 1;
    this.#keys = [0, 1, 2, 3, 4, 5].map((round) => draw32(key, round));
  }

  /** Where `index` goes. */
  at(index: number): number {
    let value = index;
    do value = this.#walk(value, false);
    while (value >= this.size);
    return value;
  }

  /** Which index goes to `image`. */
  inverse(image: number): number {
    let value = image;
    do value = this.#walk(value, true);
    while (value >= this.size);
    return value;
  }

  #walk(value: number, backwards: boolean): number {
    let left = value >>> this.#halfBits;
    let right = value & this.#mask;
    if (backwards) {
      for (let i = this.#keys.length - 1; i >= 0; i--) {
        const previous = right ^ (draw32(this.#keys[i] ?? 0, left) & this.#mask);
        right = left;
        left = previous;
      }
    } else {
      for (const key of this.#keys) {
        const next = left ^ (draw32(key, right) & this.#mask);
        left = right;
        right = next;
      }
    }
    return left * (this.#mask + 1) + right;
  }
}
