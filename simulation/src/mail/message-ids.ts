import { createHash } from "node:crypto";

const growAtLoad = 0.6;

/**
 * A set of Message-IDs that takes eight bytes a slot: it keeps the first 64 bits of each SHA-1, so that a million mails
 * need no million strings.
 */
export class MessageIds {
  #slots = new BigUint64Array(1 << 12);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False when the id was there already. */
  add(messageId: string): boolean {
    if (this.#size > this.#slots.length * growAtLoad) this.#grow();
    // 0 marks a free slot.
    const fingerprint = createHash("sha1").update(messageId).digest().readBigUInt64LE(0) | 1n;
    return this.#put(fingerprint);
  }

  #put(fingerprint: bigint): boolean {
    const mask = this.#slots.length - 1;
    for (let i = Number((fingerprint >> 12n) & 0xffffffffn) & mask; ; i = (i + 1) & mask) {
      const found = this.#slots[i];
      if (found === fingerprint) return false;
      if (found !== 0n) continue;
      this.#slots[i] = fingerprint;
      this.#size++;
      return true;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new BigUint64Array(old.length * 2);
    this.#size = 0;
    for (const fingerprint of old) if (fingerprint !== 0n) this.#put(fingerprint);
  }
}
