import type { AccountHasher } from "./account-hash.ts";
import { Cascade } from "./cascade.ts";
import { malformed } from "./bundle-error.ts";
import { FingerprintSet } from "./fingerprint-set.ts";

/**
 * `none`: of a cohort without members, or one that is known by ordinal alone. `fingerprints`: an id outside the directory
 * is found with a chance below 2^-32. `cascade`: exact for the directory, arbitrary outside.
 */
export type AccountKind = "none" | "fingerprints" | "cascade";

/** A cohort's members by account, as they stand in a file. */
export interface AccountSection {
  readonly kind: AccountKind;
  readonly bytes: Uint8Array;
}

export const noAccounts: AccountSection = { kind: "none", bytes: new Uint8Array(0) };

/** A cohort's accounts, opened. */
interface AccountSet {
  has(high: number, low: number): boolean;
}

function openSet({ kind, bytes }: AccountSection, members: number): AccountSet {
  switch (kind) {
    case "none":
      throw malformed("a cohort without accounts");
    case "fingerprints":
      return new FingerprintSet(bytes, members);
    case "cascade":
      return new Cascade(bytes);
  }
}

/** Looks accounts up by their ids. */
export class Accounts {
  readonly #hasher: AccountHasher;
  readonly #set: AccountSet;

  /** Throws a BundleError for a malformed section. */
  constructor(section: AccountSection, members: number, hasher: AccountHasher) {
    this.#hasher = hasher;
    this.#set = openSet(section, members);
  }

  has(account: string): boolean {
    const hasher = this.#hasher;
    return hasher.read(account) && this.#set.has(hasher.high, hasher.low);
  }
}
