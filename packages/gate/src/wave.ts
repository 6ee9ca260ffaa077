/**
 * The wave of an account under a rule: 0 … waves − 1. MurmurHash3 (x86, 32 bits, seed 0) over the UTF-8 bytes of the
 * rule's id, one zero byte and the account's id; the wave is floor(hash · waves / 2^32). It depends on nothing else.
 * Specified, with vectors, in docs/reference/gate.md.
 * `waves` is at most 10^6, so that the product is exact in a double.
 */
export function waveOf(ruleId: string, accountId: string, waves: number): number {
  return new WaveHash(ruleId).waveOf(accountId, waves);
}

/** The waves under one rule, whose id is hashed once. It hashes in place: no call makes garbage. */
export class WaveHash {
  readonly #murmur = new Murmur3();
  readonly #prefix: Murmur3State;

  constructor(ruleId: string) {
    this.#murmur.text(ruleId);
    this.#murmur.byte(0);
    this.#prefix = this.#murmur.state();
  }

  waveOf(accountId: string, waves: number): number {
    this.#murmur.restore(this.#prefix);
    this.#murmur.text(accountId);
    return this.#murmur.share(waves);
  }
}

interface Murmur3State {
  readonly hash: number;
  readonly block: number;
  readonly length: number;
}

/** MurmurHash3_x86_32 with seed 0, fed byte by byte. */
class Murmur3 {
  #hash = 0;
  #block = 0;
  #length = 0;

  state(): Murmur3State {
    return { hash: this.#hash, block: this.#block, length: this.#length };
  }

  restore({ hash, block, length }: Murmur3State): void {
    this.#hash = hash;
    this.#block = block;
    this.#length = length;
  }

  byte(value: number): void {
    this.#block |= value << (8 * (this.#length & 3));
    this.#length++;
    if ((this.#length & 3) !== 0) return;
    const mixed = this.#hash ^ scramble(this.#block);
    this.#hash = (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
    this.#block = 0;
  }

  /** UTF-8; a surrogate without its other half counts as U+FFFD, as in WHATWG Encoding. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) {
      let point = text.charCodeAt(i);
      if (point >= 0xd800 && point <= 0xdfff) {
        const low = point <= 0xdbff && i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
        if (low >= 0xdc00 && low <= 0xdfff) {
          point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
          i++;
        } else {
          point = 0xfffd;
        }
      }
      this.#codePoint(point);
    }
  }

  #codePoint(point: number): void {
    if (point < 0x80) {
      this.byte(point);
    } else if (point < 0x800) {
      this.byte(0xc0 | (point >> 6));
      this.byte(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      this.byte(0xe0 | (point >> 12));
      this.byte(0x80 | ((point >> 6) & 0x3f));
      this.byte(0x80 | (point & 0x3f));
    } else {
      this.byte(0xf0 | (point >> 18));
      this.byte(0x80 | ((point >> 12) & 0x3f));
      this.byte(0x80 | ((point >> 6) & 0x3f));
      this.byte(0x80 | (point & 0x3f));
    }
  }

  /** The hash's share of `parts`: floor(hash · parts / 2^32). */
  share(parts: number): number {
    let hash = this.#hash ^ scramble(this.#block) ^ this.#length;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return Math.floor((((hash ^ (hash >>> 16)) >>> 0) * parts) / 2 ** 32);
  }
}

function scramble(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}
