import type { Sha256 } from "./crypto.ts";
import { viewOf } from "./layout.ts";

const domain = new TextEncoder().encode("cordon account v1\n");
const encoder = new TextEncoder();

/** 64 bits in two halves, so that no lookup needs a BigInt. Both are 0 … 2^32 − 1. */
export interface Fingerprint {
  readonly high: number;
  readonly low: number;
}

/**
 * Fingerprints of account ids under one salt: the first 8 bytes of SHA-256 over the domain, the salt (four bytes,
 * little-endian) and the id's UTF-8 bytes, read as a big-endian number. Remembers the last id, because one request asks
 * several cohorts.
 */
export class Fingerprints {
  readonly #sha256: Sha256;
  #buffer: Uint8Array;
  #lastId: string | null = null;
  #last: Fingerprint = { high: 0, low: 0 };

  constructor(salt: number, sha256: Sha256) {
    this.#sha256 = sha256;
    this.#buffer = prefixOf(salt, 256);
  }

  /** Null for text that is no sequence of code points (half a surrogate pair): no directory holds such an id. */
  of(accountId: string): Fingerprint | null {
    if (accountId === this.#lastId) return this.#last;
    if (!accountId.isWellFormed()) return null;
    const digest = viewOf(this.#sha256(this.#input(accountId)));
    this.#last = { high: digest.getUint32(0, false), low: digest.getUint32(4, false) };
    this.#lastId = accountId;
    return this.#last;
  }

  #input(accountId: string): Uint8Array {
    const start = domain.length + 4;
    // A UTF-16 unit takes at most three bytes of UTF-8.
    const bytesMost = start + accountId.length * 3;
    if (bytesMost > this.#buffer.length) {
      const larger = new Uint8Array(bytesMost * 2);
      larger.set(this.#buffer.subarray(0, start));
      this.#buffer = larger;
    }
    const { written } = encoder.encodeInto(accountId, this.#buffer.subarray(start));
    return this.#buffer.subarray(0, start + written);
  }
}

function prefixOf(salt: number, bytes: number): Uint8Array {
  const buffer = new Uint8Array(bytes);
  buffer.set(domain);
  viewOf(buffer).setUint32(domain.length, salt, true);
  return buffer;
}
