import { InputError } from "@cordon/model";

/** As far as the bitmap of a bundle of 64 MiB reaches. */
const ordinalsMax = 64 * 1024 * 1024 * 8;

/** The ordinals of a directory while it is read: each may stand there once. */
export class OrdinalRegister {
  #seen = new Uint8Array(1024);

  /** Throws an InputError for an ordinal that another account has, or that no bundle could hold. */
  add(ordinal: number, accountId: string): void {
    if (ordinal >= ordinalsMax) {
      throw new InputError(
        [],
        `account \`${accountId}\` has the ordinal ${ordinal}`,
        `one below ${ordinalsMax}`,
      );
    }
    const at = ordinal >>> 3;
    const bit = 1 << (ordinal & 7);
    if (at >= this.#seen.length) this.#grow(at);
    const byte = this.#seen[at] ?? 0;
    if ((byte & bit) !== 0) {
      throw new InputError(
        [],
        `account \`${accountId}\` has the ordinal ${ordinal} of another`,
        "dense ordinals",
      );
    }
    this.#seen[at] = byte | bit;
  }

  #grow(at: number): void {
    const larger = new Uint8Array(Math.max(at + 1, this.#seen.length * 2));
    larger.set(this.#seen);
    this.#seen = larger;
  }
}
