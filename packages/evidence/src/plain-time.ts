const dayUs = 86_400_000_000;

/**
 * Reads `YYYY-MM-DDTHH:MM:SS` with up to six digits and `Z`, years 1000 to 2199, as `logTimeUs` does; remembers the last day.
 */
export class PlainTime {
  /** Of the time that was read last. */
  digits = 0;
  readonly #day = new Uint8Array(10);
  #dayUs = Number.NaN;

  /** Microseconds since the epoch; NaN for anything else. */
  read(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    // The fraction takes a point and one to six digits.
    if (length !== 20 && (length < 22 || length > 27)) return Number.NaN;
    if (bytes[from + 10] !== 0x54 || bytes[from + 13] !== 0x3a || bytes[from + 16] !== 0x3a)
      return Number.NaN;
    if (bytes[to - 1] !== 0x5a) return Number.NaN;
    let us = this.#isDay(bytes, from) ? this.#dayUs : this.#readDay(bytes, from);
    const hour = twoDigits(bytes, from + 11);
    const minute = twoDigits(bytes, from + 14);
    const second = twoDigits(bytes, from + 17);
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    us += ((hour * 60 + minute) * 60 + second) * 1_000_000;
    this.digits = 0;
    if (length === 20) return us;
    if (bytes[from + 19] !== 0x2e) return Number.NaN;
    this.digits = length - 21;
    let fraction = 0;
    for (let at = from + 20; at < to - 1; at += 1) {
      const digit = (bytes[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) return Number.NaN;
      fraction = fraction * 10 + digit;
    }
    return us + fraction * (powersOfTen[6 - this.digits] ?? Number.NaN);
  }

  #isDay(bytes: Uint8Array, from: number): boolean {
    for (let index = 9; index >= 0; index -= 1) if (bytes[from + index] !== this.#day[index]) return false;
    return true;
  }

  #readDay(bytes: Uint8Array, from: number): number {
    this.#day.fill(0);
    if (bytes[from + 4] !== 0x2d || bytes[from + 7] !== 0x2d) return Number.NaN;
    const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2);
    const month = twoDigits(bytes, from + 5);
    const day = twoDigits(bytes, from + 8);
    if (!(year >= 1000 && year < 2200 && month >= 1 && month <= 12 && day >= 1)) return Number.NaN;
    const ms = Date.UTC(year, month - 1, day);
    // A day that its month does not have would be one of the next.
    if (new Date(ms).getUTCDate() !== day) return Number.NaN;
    this.#day.set(bytes.subarray(from, from + 10));
    this.#dayUs = (ms / 86_400_000) * dayUs;
    return this.#dayUs;
  }
}

const powersOfTen = [1, 10, 100, 1000, 10_000, 100_000];

/** NaN unless both are digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
