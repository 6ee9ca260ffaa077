import {
  AccountHasher,
  cascadeBytesLeast,
  encodeCascade,
  encodeOrdinals,
  fingerprintBytesMost,
  noAccounts,
  noOrdinals,
  saltsMax,
  type AccountSection,
  type CohortContents,
  type OrdinalSection,
} from "@cordon/bundle";
import { InputError } from "@cordon/model";
import type { BytesHasher, MemberBits } from "./build/directory-share.ts";
import type { DirectoryBatch, PackedBatch } from "./build/id-block.ts";
import { ListedIdsBuilder, bytesForThreads } from "./build/listed-ids.ts";
import { PooledDirectory } from "./build/pooled-directory.ts";

/** A cohort as a query has it: bit `o mod 8` of byte `⌊o / 8⌋` is set for the account with ordinal `o`. */
export interface ReadyMembers {
  readonly ordinals: Uint8Array;
}

export interface CohortToBuild {
  readonly name: string;
  readonly members: Iterable<string> | ReadyMembers;
  /** Whether rules without a cutoff use it: then an id outside the directory may hardly ever be found in it. */
  readonly shutsOutsidersOut: boolean;
}

interface ExactCohort extends CohortContents {
  /** Ids in its list that the directory lacks. */
  readonly outside: number;
}

interface ExactCohorts {
  readonly salt: number;
  readonly accounts: number;
  readonly cohorts: readonly ExactCohort[];
}

interface ExactCohortsRequest {
  readonly cohorts: readonly CohortToBuild[];
  /** The directory from its beginning, with every call. */
  readonly accounts: () => AsyncIterable<DirectoryBatch | PackedBatch>;
  readonly by: "account" | "ordinal";
  readonly wire: "smallest" | "fast";
  /** Threads for large directories. */
  readonly threads: number;
  readonly hasherOf?: (salt: number) => BytesHasher;
}

/**
 * The cohorts' sections under the first salt under which they say of every account of the directory what is true, which
 * is looked up, not assumed. Throws an InputError for a directory that is none, and when no salt does.
 */
export async function exactCohorts(request: ExactCohortsRequest): Promise<ExactCohorts> {
  const lists = new ListedIdsBuilder();
  for (const { members } of request.cohorts) if (!isReady(members)) lists.add(members);
  for (let salt = 0; salt < saltsMax; salt++) {
    const built = await underSalt(request, lists, salt);
    if (built !== null) return built;
  }
  throw new InputError([], `no salt below ${saltsMax} tells all accounts apart`, "each account once");
}

function isReady(members: CohortToBuild["members"]): members is ReadyMembers {
  return "ordinals" in members;
}

async function underSalt(
  request: ExactCohortsRequest,
  builder: ListedIdsBuilder,
  salt: number,
): Promise<ExactCohorts | null> {
  const { listed, lists } = builder.build(request.hasherOf?.(salt) ?? new AccountHasher(salt));
  const directory = await PooledDirectory.read({
    ...request,
    accounts: request.accounts(),
    listed,
    salt,
    needsOrdinals: request.by === "ordinal" || request.cohorts.some(({ members }) => isReady(members)),
  });
  try {
    const cohorts: ExactCohort[] = [];
    let next = 0;
    for (const cohort of request.cohorts) {
      const gathered = isReady(cohort.members)
        ? readyCohort(cohort.members, directory.accounts, cohort.name)
        : listedCohort(lists[next++] ?? { bits: new Uint8Array(0), ids: 0 }, directory);
      const account = await accountSection(gathered, cohort.shutsOutsidersOut, directory);
      if (account === null) return null;
      const { name } = cohort;
      const { members, outside } = gathered;
      cohorts.push({
        name,
        members,
        outside,
        account,
        ordinal: ordinalSection(gathered, directory, request),
      });
    }
    return { salt, accounts: directory.accounts, cohorts };
  } finally {
    await directory.close();
  }
}

interface GatheredCohort {
  readonly bits: MemberBits;
  readonly members: number;
  readonly outside: number;
}

function listedCohort(
  { bits, ids }: { readonly bits: Uint8Array; readonly ids: number },
  directory: PooledDirectory,
): GatheredCohort {
  let members = 0;
  eachBit(bits, (number) => {
    if ((directory.foundOrdinals[number] ?? 0) > 0) members++;
  });
  return { bits: { of: "listed", bits }, members, outside: ids - members };
}

function readyCohort({ ordinals }: ReadyMembers, accounts: number, name: string): GatheredCohort {
  const bits = bytesForThreads(ordinals.length);
  bits.set(ordinals);
  let members = 0;
  let last = -1;
  eachBit(bits, (ordinal) => {
    members++;
    last = ordinal;
  });
  if (last >= accounts) {
    const what = `the cohort has the ordinal ${last}`;
    throw new InputError(["cohorts", name], what, `one below ${accounts}`);
  }
  return { bits: { of: "ordinals", bits }, members, outside: 0 };
}

function eachBit(bits: Uint8Array, take: (index: number) => void): void {
  for (let at = 0; at < bits.length; at++) {
    for (let rest = bits[at] ?? 0; rest !== 0; rest &= rest - 1) {
      take(at * 8 + 31 - Math.clz32(rest & -rest));
    }
  }
}

/** Null when another salt is needed. */
async function accountSection(
  { bits, members }: GatheredCohort,
  shutsOutsidersOut: boolean,
  directory: PooledDirectory,
): Promise<AccountSection | null> {
  if (members === 0) return noAccounts;
  const section =
    shutsOutsidersOut || prefersFingerprints(members, directory.accounts)
      ? await fingerprints(bits, directory)
      : await cascade(bits, members, directory);
  if (section === null) return null;
  return (await directory.isExact(bits, section, members)) ? section : null;
}

/** Where they are few among many, what a cascade's empty slots and headers take is more than it saves. */
function prefersFingerprints(members: number, accounts: number): boolean {
  const listed = Math.min(members, accounts - members);
  const cascadeBytes =
    cascadeBytesLeast(listed, accounts - listed) * slotsPerKey(listed) + cascadeHeaderBytes;
  return fingerprintBytesMost(members) <= cascadeBytes;
}

const cascadeHeaderBytes = 21;

/** How many slots a fuse function of so many keys has for each, about. */
function slotsPerKey(keys: number): number {
  return keys < 100 ? 1.8 : keys < 10_000 ? 1.3 : 1.1;
}

async function fingerprints(bits: MemberBits, directory: PooledDirectory): Promise<AccountSection | null> {
  const given = await directory.select(bits, true);
  const bytes = await directory.worker.ask<"fingerprints">({ name: "fingerprints", given });
  return bytes === null ? null : { kind: "fingerprints", bytes };
}

async function cascade(
  bits: MemberBits,
  members: number,
  directory: PooledDirectory,
): Promise<AccountSection | null> {
  const isComplement = members * 2 > directory.accounts;
  const listed = await directory.select(bits, !isComplement);
  const others = directory.accounts - listed.count;
  if (listed.count === 0) {
    return { kind: "cascade", bytes: encodeCascade({ isComplement, level1: null, level2: null }) };
  }
  const first = await directory.worker.ask<"level1">({ name: "level1", given: { listed, others } });
  if (!first.isPossible) return null;
  const passing =
    first.level === null
      ? await directory.select(bits, isComplement)
      : await directory.passing(bits, isComplement, first.level);
  const given = { listed, passing };
  const level2 = await directory.worker.ask<"level2">({ name: "level2", given }, [
    listed.high.buffer,
    listed.low.buffer,
    passing.high.buffer,
    passing.low.buffer,
  ]);
  if (level2 === null) return null;
  return { kind: "cascade", bytes: encodeCascade({ isComplement, level1: first.level, level2 }) };
}

function ordinalSection(
  { bits, members }: GatheredCohort,
  directory: PooledDirectory,
  { by, wire }: ExactCohortsRequest,
): OrdinalSection {
  if (by === "account" || members === 0) return noOrdinals;
  return encodeOrdinals(bits.of === "ordinals" ? bits.bits : bitmapOf(bits.bits, directory), wire).section;
}

function bitmapOf(listed: Uint8Array, { accounts, foundOrdinals }: PooledDirectory): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(accounts / 8));
  eachBit(listed, (number) => {
    const ordinal = (foundOrdinals[number] ?? 0) - 1;
    if (ordinal < 0) return;
    bitmap[ordinal >>> 3] = (bitmap[ordinal >>> 3] ?? 0) | (1 << (ordinal & 7));
  });
  return bitmap;
}
