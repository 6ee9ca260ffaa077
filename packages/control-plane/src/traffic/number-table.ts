/** Whole numbers from 0 up to this, 2^53 − 1, are keys. */
const empty = -1;
/** Full to this share, a look-up takes few steps. */
const fullest = 0.6;
const slotsFirst = 1024;

/** A map of whole numbers to counts below 2^32 that takes 12 bytes a slot: a Map of such keys takes five times as much. */
export class NumberTable {
  #keys = new Float64Array(slotsFirst).fill(empty);
  #values = new Uint32Array(slotsFirst);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: number): number | undefined {
    const slot = this.#slotOf(key);
    return this.#keys[slot] === key ? this.#values[slot] : undefined;
  }

  set(key: number, value: number): void {
    let slot = this.#slotOf(key);
    if (this.#keys[slot] !== key) {
      if (this.#size >= this.#keys.length * fullest) {
        this.#grow();
        slot = this.#slotOf(key);
      }
      this.#keys[slot] = key;
      this.#size++;
    }
    this.#values[slot] = value;
  }

  /** In no order. */
  *keys(): Generator<number> {
    for (const key of this.#keys) if (key !== empty) yield key;
  }

  /** Where the key is, or belongs. Linear probing; the table is never full. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    const high = Math.floor(key / 2 ** 32);
    let hash = Math.imul((key >>> 0) ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 16)) & mask;
    for (;;) {
      const found = this.#keys[slot];
      if (found === key || found === empty) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2).fill(empty);
    this.#values = new Uint32Array(keys.length * 2);
    for (const [index, key] of keys.entries()) {
      if (key === empty) continue;
      const slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#values[slot] = values[index] ?? 0;
    }
  }
}
