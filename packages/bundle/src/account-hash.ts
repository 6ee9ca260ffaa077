const initial2 = 0x6c79_6765;
const initial3 = 0x7465_6462;

/** The second half of the key of every account hash: `acct`, little-endian. The first half is the salt. */
const accountTag = 0x7463_6361;

const encoder = new TextEncoder();
const scratchBytes = 256;

/** The hashes of several accounts, in two halves. */
export interface AccountHashes {
  readonly count: number;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/**
 * Hashes of account ids under one salt: HalfSipHash-2-4 with 64 bits of output (Aumasson and Bernstein, as the reference
 * implementation has it) over the id's UTF-8. The first four bytes of its output, little-endian, are `low`, the others
 * `high`. The last hash stands in those two fields, so that a look-up allocates nothing; the last id is remembered,
 * because one request asks several cohorts.
 */
export class AccountHasher {
  /** Of the last hash: 0 … 2^32 − 1, as is `low`. */
  high = 0;
  low = 0;
  readonly #key0: number;
  readonly #key1: number;
  #scratch = new Uint8Array(scratchBytes);
  #lastId: string | null = null;
  #lastIsText = false;

  /** `tag` is another one only where the function itself is checked. */
  constructor(salt: number, tag = accountTag) {
    this.#key0 = salt | 0;
    this.#key1 = tag | 0;
  }

  /** False for text that is no sequence of code points (half a surrogate pair): no directory holds such an id. */
  read(accountId: string): boolean {
    if (accountId === this.#lastId) return this.#lastIsText;
    const { length } = accountId;
    if (length * 3 > this.#scratch.length) this.#scratch = new Uint8Array(length * 3);
    const scratch = this.#scratch;
    let seen = 0;
    for (let at = 0; at < length; at++) {
      const unit = accountId.charCodeAt(at);
      seen |= unit;
      scratch[at] = unit;
    }
    if (seen <= 0x7f) {
      this.readBytes(scratch, 0, length);
      this.#lastIsText = true;
    } else {
      this.#lastIsText = accountId.isWellFormed();
      if (this.#lastIsText) this.readBytes(scratch, 0, encoder.encodeInto(accountId, scratch).written);
    }
    this.#lastId = accountId;
    return this.#lastIsText;
  }

  /** Of the bytes from `start` to `end`, which must lie within `bytes`: an id's UTF-8. */
  readBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#lastId = null;
    let v0 = this.#key0;
    let v1 = this.#key1 ^ 0xee;
    let v2 = this.#key0 ^ initial2;
    let v3 = this.#key1 ^ initial3;
    const wordsEnd = end - ((end - start) & 3);
    for (let at = start; at <= wordsEnd; at += 4) {
      const word =
        at < wordsEnd
          ? (bytes[at] ?? 0) |
            ((bytes[at + 1] ?? 0) << 8) |
            ((bytes[at + 2] ?? 0) << 16) |
            ((bytes[at + 3] ?? 0) << 24)
          : lastWord(bytes, start, end);
      v3 ^= word;
      // Two rounds, written out: a loop around them takes three times as long.
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    v2 ^= 0xee;
    // Four rounds for each half of the output.
    for (let half = 0; half < 2; half++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (half === 0) {
        this.low = (v1 ^ v3) >>> 0;
        v1 ^= 0xdd;
      }
    }
    this.high = (v1 ^ v3) >>> 0;
  }
}

/** The bytes that fill no word, and the length's lowest byte above them. */
function lastWord(bytes: Uint8Array, start: number, end: number): number {
  const from = end - ((end - start) & 3);
  let word = (end - start) << 24;
  for (let at = from; at < end; at++) word |= (bytes[at] ?? 0) << ((at - from) << 3);
  return word;
}

/** Throws a RangeError for an id that is no sequence of code points. */
export function hashAccounts(accountIds: readonly string[], salt: number): AccountHashes {
  const count = accountIds.length;
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  const hasher = new AccountHasher(salt);
  for (const [index, accountId] of accountIds.entries()) {
    if (!hasher.read(accountId)) throw new RangeError("an account id with half a surrogate pair");
    high[index] = hasher.high;
    low[index] = hasher.low;
  }
  return { count, high, low };
}
