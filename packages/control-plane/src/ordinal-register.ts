import { InputError } from "@cordon/model";
import { ordinalsMax } from "@cordon/bundle";
import type { PackedBatch } from "./build/id-block.ts";

/** The ordinals of a directory while it is read: each may stand there once, and none beyond the number of accounts. */
export class OrdinalRegister {
  #seen = new Uint8Array(1024);
  #largest = { ordinal: -1, accountId: "" };

  /** Throws an InputError for an ordinal that another account has, or that no bundle could hold. */
  add({ bytes, ends, ordinals }: PackedBatch): void {
    const id = (index: number): string =>
      new TextDecoder().decode(bytes.slice(index === 0 ? 0 : (ends[index - 1] ?? 0), ends[index]));
    for (let index = 0; index < ends.length; index++) {
      const ordinal = ordinals?.[index] ?? 0;
      if (ordinal > this.#largest.ordinal) {
        if (ordinal >= ordinalsMax) throw beyond(id(index), ordinal, ordinalsMax);
        this.#largest = { ordinal, accountId: id(index) };
      }
      const at = ordinal >>> 3;
      if (at >= this.#seen.length) this.#grow(at);
      const byte = this.#seen[at] ?? 0;
      if ((byte & (1 << (ordinal & 7))) !== 0) {
        const what = `account \`${id(index)}\` has the ordinal ${ordinal} of another`;
        throw new InputError([], what, "dense ordinals");
      }
      this.#seen[at] = byte | (1 << (ordinal & 7));
    }
  }

  /** Throws an InputError when there is an ordinal beyond the number of accounts. */
  end(accounts: number): void {
    const { ordinal, accountId } = this.#largest;
    if (ordinal >= accounts) throw beyond(accountId, ordinal, accounts);
  }

  #grow(at: number): void {
    const larger = new Uint8Array(Math.max(at + 1, this.#seen.length * 2));
    larger.set(this.#seen);
    this.#seen = larger;
  }
}

function beyond(accountId: string, ordinal: number, end: number): InputError {
  return new InputError([], `account \`${accountId}\` has the ordinal ${ordinal}`, `one below ${end}`);
}
