/** Numbers texts in the order in which they come, so that the few values of a field are compared as numbers. */
export class ByteTexts {
  readonly #textsMax: number;
  #slots = new Int32Array(64).fill(-1);
  readonly #texts: Uint8Array[] = [];

  constructor(textsMax: number) {
    this.#textsMax = textsMax;
  }

  /** The number of the text `bytes[from, to)`, from 0; -1 when it is new and there are too many. */
  numberOf(bytes: Uint8Array, from: number, to: number): number {
    // FNV-1a: who makes texts collide makes this slow, and no more.
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask, probes = 0; ; slot = (slot + 1) & mask, probes += 1) {
      if (probes > probesMax) return -1;
      const number = this.#slots[slot] ?? -1;
      if (number === -1) return this.#add(new Uint8Array(bytes.subarray(from, to)), slot);
      const text = this.#texts[number];
      if (text !== undefined && isSame(text, bytes, from, to)) return number;
    }
  }

  #add(text: Uint8Array, slot: number): number {
    const number = this.#texts.length;
    if (number >= this.#textsMax) return -1;
    this.#texts.push(text);
    this.#slots[slot] = number;
    if (this.#texts.length * 2 > this.#slots.length) this.#grow();
    return number;
  }

  #grow(): void {
    const size = this.#slots.length * 2;
    this.#slots = new Int32Array(size).fill(-1);
    for (const [number, text] of this.#texts.entries()) {
      let hash = 0x811c9dc5;
      for (const byte of text) hash = Math.imul(hash ^ byte, 0x01000193);
      let slot = hash & (size - 1);
      while (this.#slots[slot] !== -1) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = number;
    }
  }
}

/** More texts in a row of taken places mean that somebody chose them so. */
const probesMax = 64;

export function isSame(text: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let index = 0; index < text.length; index += 1) if (text[index] !== bytes[from + index]) return false;
  return true;
}
