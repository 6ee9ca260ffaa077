import { malformed } from "./bundle-error.ts";
import { viewOf } from "./layout.ts";

/** Reads little-endian numbers and bytes one after the other. Throws a BundleError instead of going past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A part of the file itself, not a copy. */
  bytes(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#bytes.subarray(at, at + count);
  }

  text(count: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes(count));
    } catch (error) {
      if (error instanceof TypeError) throw malformed("text that is not UTF-8");
      throw error;
    }
  }

  #advance(count: number): number {
    const at = this.#offset;
    if (count > this.#bytes.length - at) throw malformed(`cut within its contents, at byte ${at}`);
    this.#offset = at + count;
    return at;
  }
}
