import type { AccountHasher } from "./account-hash.ts";
import type { AccountKind, AccountSection } from "./account-section.ts";
import { BundleError, malformed } from "./bundle-error.ts";
import type { ByteReader } from "./byte-reader.ts";
import { viewOf } from "./layout.ts";
import { membersMax, openedBytesMax } from "./limits.ts";
import { ListedCohort } from "./listed-cohort.ts";
import type { Manifest } from "./manifest.ts";
import { openedBytes, type OrdinalKind, type OrdinalSection } from "./ordinal-section.ts";

/** One cohort on its way into a file. */
export interface CohortContents {
  readonly name: string;
  readonly members: number;
  readonly account: AccountSection;
  readonly ordinal: OrdinalSection;
}

const accountKinds: readonly AccountKind[] = ["none", "fingerprints", "cascade"];
const ordinalKinds: readonly OrdinalKind[] = ["none", "bitmap", "rans", "gaps"];

/** After the name: members, and for each section its kind and its length. */
const entryFixedBytes = 2 + 4 + 1 + 4 + 1 + 4;

export function entryBytes(name: string): number {
  return entryFixedBytes + new TextEncoder().encode(name).length;
}

/** Writes the table at `at`; returns where it ends. */
export function writeTable(cohorts: readonly CohortContents[], bytes: Uint8Array, at: number): number {
  const view = viewOf(bytes);
  view.setUint16(at, cohorts.length, true);
  let next = at + 2;
  for (const { name, members, account, ordinal } of cohorts) {
    const nameBytes = new TextEncoder().encode(name);
    view.setUint16(next, nameBytes.length, true);
    bytes.set(nameBytes, next + 2);
    next += 2 + nameBytes.length;
    view.setUint32(next, members, true);
    view.setUint8(next + 4, accountKinds.indexOf(account.kind));
    view.setUint32(next + 5, account.bytes.length, true);
    view.setUint8(next + 9, ordinalKinds.indexOf(ordinal.kind));
    view.setUint32(next + 10, ordinal.bytes.length, true);
    next += 14;
  }
  return next;
}

interface TableEntry {
  readonly name: string;
  readonly members: number;
  readonly entryBytes: number;
  readonly accountKind: AccountKind;
  readonly accountBytes: number;
  readonly ordinalKind: OrdinalKind;
  readonly ordinalBytes: number;
}

function readEntry(reader: ByteReader): TableEntry {
  const start = reader.offset;
  const name = reader.text(reader.uint16());
  if (name === "") throw malformed("a cohort without a name");
  const members = reader.uint32();
  const accountKind = accountKinds[reader.uint8()];
  const accountBytes = reader.uint32();
  const ordinalKind = ordinalKinds[reader.uint8()];
  const ordinalBytes = reader.uint32();
  if (accountKind === undefined || ordinalKind === undefined) throw malformed("a section of an unknown kind");
  const entryBytes = reader.offset - start;
  return { name, members, entryBytes, accountKind, accountBytes, ordinalKind, ordinalBytes };
}

/**
 * Reads the table and finds every cohort's sections, which follow it one after the other, without opening them. Throws a
 * BundleError: ERR_BUNDLE_FORMAT, and ERR_BUNDLE_SIZE for a bundle whose ordinals would take too much memory.
 */
export function readCohorts(
  reader: ByteReader,
  manifest: Manifest,
  hasher: AccountHasher,
): ReadonlyMap<string, ListedCohort> {
  const entries: TableEntry[] = [];
  for (let left = reader.uint16(); left > 0; left--) entries.push(readEntry(reader));
  const cohorts = new Map<string, ListedCohort>();
  let opened = 0;
  for (const entry of entries) {
    const { name, members } = entry;
    if (cohorts.has(name)) throw malformed("two cohorts of one name");
    checkEntry(entry, manifest);
    const account = { kind: entry.accountKind, bytes: reader.bytes(entry.accountBytes) };
    const ordinal = { kind: entry.ordinalKind, bytes: reader.bytes(entry.ordinalBytes) };
    opened += openedBytes(ordinal, { members, accounts: manifest.accounts });
    if (opened > openedBytesMax) {
      throw new BundleError("ERR_BUNDLE_SIZE", `cohorts of more than ${openedBytesMax} bytes in memory`);
    }
    const { entryBytes } = entry;
    const { accounts } = manifest;
    cohorts.set(name, new ListedCohort({ name, members, entryBytes, account, ordinal, accounts, hasher }));
  }
  return cohorts;
}

function checkEntry(entry: TableEntry, { by, accounts }: Manifest): void {
  const { members, accountKind, accountBytes, ordinalKind, ordinalBytes } = entry;
  if (members > accounts || members > membersMax) throw malformed("more members than accounts");
  if (
    (accountKind === "none") !== (accountBytes === 0) ||
    (ordinalKind === "none") !== (ordinalBytes === 0)
  ) {
    throw malformed("a section of a length that its kind does not have");
  }
  const isEmpty = members === 0;
  if (isEmpty && (accountKind !== "none" || ordinalKind !== "none")) throw malformed("a section of nobody");
  if (by === "account" && ordinalKind !== "none") throw malformed("ordinals in a bundle by account");
  if (by === "account" && !isEmpty && accountKind === "none") throw malformed("a cohort without accounts");
  if (by === "ordinal" && !isEmpty && ordinalKind === "none") throw malformed("a cohort without ordinals");
}
