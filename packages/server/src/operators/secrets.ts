import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Bytes of every secret that is handed out: as many as SHA-256 keeps apart. */
const secretBytes = 32;

export function newSecret(): string {
  return randomBytes(secretBytes).toString("base64url");
}

/** Names that tell apart and tell nothing. */
export function newId(prefix: string): string {
  return `${prefix}-${randomBytes(8).toString("hex")}`;
}

/** What is kept of a secret of 256 random bits: it needs no slow hash, nobody guesses it. */
export function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** Keyed digests over parts whose borders count. The key lies in HOME/keys, not in the database. */
export class Seal {
  readonly #key: Buffer;

  constructor(key: string) {
    this.#key = Buffer.from(key, "base64url");
  }

  of(...parts: readonly string[]): Buffer {
    return createHmac("sha256", this.#key).update(JSON.stringify(parts)).digest();
  }

  fits(seal: Uint8Array, ...parts: readonly string[]): boolean {
    const expected = this.of(...parts);
    return seal.length === expected.length && timingSafeEqual(seal, expected);
  }
}
