const separator = 0x0a;
/** Stands for NULL: no text in a column has it. */
const nothing = 0x01;

/** Texts one after the other, for the engine to split again. They have no control characters. */
export class TextColumn {
  #bytes: Buffer;
  #length = 0;
  /** Whether there is anything but NULL in it. */
  isUsed = false;

  constructor(bytesMin: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytesMin);
  }

  get byteLength(): number {
    return this.#length;
  }

  /** The texts with a line feed after each but the last. The bytes are the column's own until `clear`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, Math.max(0, this.#length - 1));
  }

  clear(): void {
    this.#length = 0;
    this.isUsed = false;
  }

  addNull(): void {
    this.#reserve(2);
    this.#bytes[this.#length] = nothing;
    this.#bytes[this.#length + 1] = separator;
    this.#length += 2;
  }

  addBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from + 1);
    this.isUsed = true;
    const own = this.#bytes;
    let at = this.#length;
    // For a few bytes a call of `set` takes longer.
    if (to - from > 64) {
      own.set(bytes.subarray(from, to), at);
      at += to - from;
    } else for (let index = from; index < to; index += 1) own[at++] = bytes[index] ?? 0;
    own[at] = separator;
    this.#length = at + 1;
  }

  addText(text: string): void {
    this.#reserve(text.length * 3 + 1);
    this.isUsed = true;
    this.#length += this.#bytes.write(text, this.#length, "utf8");
    this.#bytes[this.#length] = separator;
    this.#length += 1;
  }

  /** A whole number that a double holds. */
  addWhole(value: number): void {
    this.#reserve(20);
    this.isUsed = true;
    const own = this.#bytes;
    let at = this.#length;
    if (value >= 0 && value < 10) {
      own[at] = 0x30 + value;
      own[at + 1] = separator;
      this.#length = at + 2;
      return;
    }
    let left = value;
    if (left < 0) {
      own[at++] = 0x2d;
      left = -left;
    }
    // Eight digits at a time are a small integer, whose arithmetic is quick.
    const high = Math.floor(left / 1e8);
    if (high >= 1e8) {
      const highest = Math.floor(high / 1e8);
      at = putDigits(own, at, highest, 1);
      at = putDigits(own, at, high - highest * 1e8, 8);
    } else if (high > 0) at = putDigits(own, at, high, 1);
    at = putDigits(own, at, left - high * 1e8, high > 0 ? 8 : 1);
    own[at] = separator;
    this.#length = at + 1;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Writes the decimal digits of `value`, which is below 10^8, with at least `least` of them; returns where they end. */
function putDigits(into: Buffer, at: number, value: number, least: number): number {
  let digits = least;
  while (digits < 8 && value >= (powersOfTen[digits] ?? 0)) digits += 1;
  let left = value | 0;
  for (let index = at + digits - 1; index >= at; index -= 1) {
    const rest = (left / 10) | 0;
    into[index] = 0x30 + (left - rest * 10);
    left = rest;
  }
  return at + digits;
}

const powersOfTen = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
