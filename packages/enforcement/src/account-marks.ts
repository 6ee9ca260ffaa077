/** Slots at the beginning; a power of two. */
const slotsFirst = 1 << 10;

/**
 * Which of up to 32 things were seen of which account, in 12 bytes a slot. It keeps a hash of 64 bits under a seed of its own in
 * the place of the account; two accounts fall together with a chance of n²/2⁶⁵.
 */
export class AccountMarks {
  readonly #accountsMax: number;
  readonly #seed: number;
  #high = new Uint32Array(slotsFirst);
  #low = new Uint32Array(slotsFirst);
  /** 0: the slot is free. */
  #marks = new Uint32Array(slotsFirst);
  #size = 0;

  constructor(accountsMax: number, seed: number) {
    this.#accountsMax = accountsMax;
    this.#seed = seed >>> 0;
  }

  of(account: string): number {
    return this.#marks[this.#slot(account)] ?? 0;
  }

  /** Adds to an account's marks; false when the account is new and there is no room for it. */
  add(account: string, marks: number): boolean {
    const slot = this.#slot(account);
    const before = this.#marks[slot] ?? 0;
    if (before === 0) {
      if (this.#size >= this.#accountsMax) return false;
      this.#size++;
      this.#high[slot] = hash(account, this.#seed);
      this.#low[slot] = hash(account, ~this.#seed);
    }
    this.#marks[slot] = before | marks;
    if (this.#size * 4 > this.#marks.length * 3) this.#rebuild(~0);
    return true;
  }

  /** Takes marks from all accounts. */
  clear(marks: number): void {
    this.#rebuild(~marks);
  }

  #slot(account: string): number {
    const high = hash(account, this.#seed);
    const low = hash(account, ~this.#seed);
    const last = this.#marks.length - 1;
    for (let slot = low & last; ; slot = (slot + 1) & last) {
      if (this.#marks[slot] === 0) return slot;
      if (this.#high[slot] === high && this.#low[slot] === low) return slot;
    }
  }

  /** In a table that is at most half full, with the marks that are kept. */
  #rebuild(kept: number): void {
    const [high, low, marks] = [this.#high, this.#low, this.#marks];
    let length = slotsFirst;
    while (length < this.#size * 2) length *= 2;
    this.#high = new Uint32Array(length);
    this.#low = new Uint32Array(length);
    this.#marks = new Uint32Array(length);
    this.#size = 0;
    for (const [from, mark] of marks.entries()) {
      const left = (mark & kept) >>> 0;
      const lowHash = low[from] ?? 0;
      if (left === 0) continue;
      let slot = lowHash & (length - 1);
      while (this.#marks[slot] !== 0) slot = (slot + 1) & (length - 1);
      this.#high[slot] = high[from] ?? 0;
      this.#low[slot] = lowHash;
      this.#marks[slot] = left;
      this.#size++;
    }
  }
}

/** MurmurHash3's mixing over UTF-16 code units, 32 bits. */
function hash(text: string, seed: number): number {
  let state = seed;
  for (let i = 0; i < text.length; i++) {
    state ^= scramble(text.charCodeAt(i));
    state = (Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64) | 0;
  }
  state ^= text.length;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

function scramble(value: number): number {
  const product = Math.imul(value, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}
