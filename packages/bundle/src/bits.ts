import { malformed } from "./bundle-error.ts";

/** Reads bits, the lowest of each byte first. Throws a BundleError instead of going past the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bits are 0 before the next one that is 1, which is read too. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      if (this.#at >= this.#bytes.length * 8) throw malformed("cut within its bits");
      const bits = this.#peek();
      if (bits !== 0) {
        const more = 31 - Math.clz32(bits & -bits);
        this.#at += more + 1;
        return zeros + more;
      }
      this.#at += peekedBits;
      zeros += peekedBits;
    }
  }

  /** A number of `count` bits, the lowest first; at most 32. */
  number(count: number): number {
    let value = 0;
    for (let read = 0; read < count;) {
      const step = Math.min(16, count - read);
      value += (this.#peek() & (2 ** step - 1)) * 2 ** read;
      this.#at += step;
      read += step;
    }
    if (this.#at > this.#bytes.length * 8) throw malformed("cut within its bits");
    return value;
  }

  /** Throws a BundleError unless all is read but the last byte's unused bits, and those are 0. */
  end(): void {
    if (Math.ceil(this.#at / 8) !== this.#bytes.length || this.#peek() !== 0) {
      throw malformed("bits after its last member");
    }
  }

  /** The next 25 bits; 0 beyond the end. */
  #peek(): number {
    const byte = Math.floor(this.#at / 8);
    const bytes = this.#bytes;
    const word =
      (bytes[byte] ?? 0) |
      ((bytes[byte + 1] ?? 0) << 8) |
      ((bytes[byte + 2] ?? 0) << 16) |
      ((bytes[byte + 3] ?? 0) << 24);
    return (word >>> (this.#at % 8)) & (2 ** peekedBits - 1);
  }
}

const peekedBits = 25;

/** Writes bits into as many bytes as are announced, the lowest of each byte first. */
export class BitWriter {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(bits: number) {
    this.bytes = new Uint8Array(Math.ceil(bits / 8));
  }

  unary(zeros: number): void {
    this.#at += zeros;
    const byte = Math.floor(this.#at / 8);
    this.bytes[byte] = (this.bytes[byte] ?? 0) | (1 << (this.#at % 8));
    this.#at++;
  }

  /** `value` is below 2^count; at most 32 bits. */
  number(value: number, count: number): void {
    for (let written = 0; written < count;) {
      const byte = Math.floor(this.#at / 8);
      const shift = this.#at % 8;
      const step = Math.min(8 - shift, count - written);
      const part = Math.floor(value / 2 ** written) & (2 ** step - 1);
      this.bytes[byte] = (this.bytes[byte] ?? 0) | (part << shift);
      this.#at += step;
      written += step;
    }
  }
}
