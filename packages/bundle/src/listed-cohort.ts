import type { AccountHasher } from "./account-hash.ts";
import { Accounts, type AccountKind, type AccountSection } from "./account-section.ts";
import { openOrdinals, type OrdinalKind, type OrdinalSection, type OrdinalSet } from "./ordinal-section.ts";

/** A listed cohort of an opened bundle. Its sections are read at the first look-up that needs them, or by `prepare`. */
export class ListedCohort {
  readonly name: string;
  readonly members: number;
  /** What the cohort takes in the file: its entry in the table and both sections. */
  readonly bytes: number;
  /** What its two sections take. */
  readonly accountBytes: number;
  readonly ordinalBytes: number;
  readonly accountKind: AccountKind;
  readonly ordinalKind: OrdinalKind;
  readonly #account: AccountSection;
  readonly #ordinal: OrdinalSection;
  readonly #directory: { readonly accounts: number; readonly hasher: AccountHasher };
  #accounts: Accounts | null = null;
  #ordinals: OrdinalSet | null = null;

  constructor(given: {
    readonly name: string;
    readonly members: number;
    readonly entryBytes: number;
    readonly account: AccountSection;
    readonly ordinal: OrdinalSection;
    readonly accounts: number;
    readonly hasher: AccountHasher;
  }) {
    this.name = given.name;
    this.members = given.members;
    this.#account = given.account;
    this.#ordinal = given.ordinal;
    this.#directory = given;
    this.accountBytes = given.account.bytes.length;
    this.ordinalBytes = given.ordinal.bytes.length;
    this.accountKind = given.account.kind;
    this.ordinalKind = given.ordinal.kind;
    this.bytes = given.entryBytes + this.accountBytes + this.ordinalBytes;
  }

  /**
   * Exact for every account of the directory that the bundle was built from. A bundle by ordinal looks up the ordinal
   * where there is one; everything else goes by account. Without either: false. An account without ordinal is in a
   * cohort that is known by ordinal alone: nobody escapes by leaving it out. Throws a BundleError when a section that
   * was not prepared is malformed.
   */
  has(account: string | null, ordinal: number | null): boolean {
    if (this.members === 0) return false;
    if (ordinal !== null && this.ordinalKind !== "none") return this.#openOrdinals().has(ordinal);
    if (account === null) return false;
    return this.accountKind === "none" || this.#openAccounts().has(account);
  }

  /** Opens both sections. Throws a BundleError when one is malformed. */
  prepare(): void {
    if (this.members === 0) return;
    if (this.ordinalKind !== "none") this.#openOrdinals();
    if (this.accountKind !== "none") this.#openAccounts();
  }

  #openOrdinals(): OrdinalSet {
    const { members } = this;
    const { accounts } = this.#directory;
    return (this.#ordinals ??= openOrdinals(this.#ordinal, { members, accounts }));
  }

  #openAccounts(): Accounts {
    return (this.#accounts ??= new Accounts(this.#account, this.members, this.#directory.hasher));
  }
}
