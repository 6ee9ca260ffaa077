import {
  FingerprintIndex,
  Fingerprints,
  saltsMax,
  sortFingerprints,
  type CohortContents,
  type Fingerprint,
  type Sha256,
} from "@cordon/bundle";
import { InputError } from "@cordon/model";

/** A cohort's members as they were found in the directory. */
export interface GatheredCohort {
  readonly name: string;
  /** All ids of its list, those outside the directory included. */
  readonly listed: ReadonlySet<string>;
  readonly accountIds: readonly string[];
  /** The ordinal of each of `accountIds`. */
  readonly ordinals: readonly number[];
}

interface ExactCohorts {
  readonly salt: number;
  readonly cohorts: readonly CohortContents[];
}

/**
 * Fingerprints under the first salt that tells all members of a cohort from each other and from every other account of the
 * directory: membership is exact, not probable. Throws an InputError when no salt does.
 */
export async function exactCohorts(given: {
  readonly cohorts: readonly GatheredCohort[];
  readonly accounts: () => AsyncIterable<{ readonly accountIds: readonly string[] }>;
  readonly by: "account" | "ordinal";
  readonly sha256: Sha256;
}): Promise<ExactCohorts> {
  for (let salt = 0; salt < saltsMax; salt++) {
    const fingerprints = new Fingerprints(salt, given.sha256);
    const cohorts: CohortContents[] = [];
    for (const { name, accountIds, ordinals } of given.cohorts) {
      const sorted = sortFingerprints(fingerprintsOf(accountIds, fingerprints), accountIds.length);
      if (sorted === null) break;
      const ownOrdinals = given.by === "ordinal" ? Uint32Array.from(ordinals) : null;
      cohorts.push({ name, fingerprints: sorted, ordinals: ownOrdinals });
    }
    if (cohorts.length < given.cohorts.length) continue;
    if (await isExact(given.cohorts, cohorts, fingerprints, given.accounts)) return { salt, cohorts };
  }
  throw new InputError([], `no salt below ${saltsMax} tells all accounts apart`, "a working SHA-256");
}

function* fingerprintsOf(accountIds: readonly string[], fingerprints: Fingerprints): Generator<Fingerprint> {
  for (const accountId of accountIds) {
    const fingerprint = fingerprints.of(accountId);
    if (fingerprint === null) {
      throw new InputError([], "an account id with half a surrogate pair", "text of Unicode characters");
    }
    yield fingerprint;
  }
}

async function isExact(
  gathered: readonly GatheredCohort[],
  cohorts: readonly CohortContents[],
  fingerprints: Fingerprints,
  accounts: () => AsyncIterable<{ readonly accountIds: readonly string[] }>,
): Promise<boolean> {
  const pairs = cohorts.map(({ fingerprints: bytes }, position) => ({
    index: new FingerprintIndex(bytes),
    listed: gathered[position]?.listed ?? new Set(),
  }));
  if (pairs.every(({ index }) => index.size === 0)) return true;
  for await (const { accountIds } of accounts()) {
    for (const accountId of accountIds) {
      const fingerprint = fingerprints.of(accountId);
      if (fingerprint === null) continue;
      if (pairs.some(({ index, listed }) => index.has(fingerprint) && !listed.has(accountId))) return false;
    }
  }
  return true;
}
