import {
  encodeBundle,
  Fingerprints,
  sortFingerprints,
  type CohortContents,
  type Fingerprint,
} from "../src/index.ts";
import { sha256 } from "./test-crypto.ts";

export interface TestContents {
  readonly version?: number;
  readonly rules?: unknown;
  readonly asOfMs?: number;
  readonly expiresAtMs?: number | null;
  readonly by?: "account" | "ordinal";
  readonly accounts?: number;
  readonly salt?: number;
  /** By name: account ids and their ordinals. */
  readonly cohorts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** An unsigned bundle; what is not given is small. */
export function testBundle(contents: TestContents = {}): Uint8Array {
  const { version = 7, rules = [], asOfMs = 1_401_192_000_000, expiresAtMs = null } = contents;
  const { by = "account", accounts = 100, salt = 0, cohorts = {} } = contents;
  return encodeBundle(
    {
      policy: { version, rules },
      asOfMs,
      expiresAtMs,
      by,
      accounts,
      salt,
      cohorts: Object.entries(cohorts).map(([name, members]) => cohortOf(name, members, by, salt)),
    },
    64 * 1024 * 1024,
  );
}

function cohortOf(
  name: string,
  members: Readonly<Record<string, number>>,
  by: "account" | "ordinal",
  salt: number,
): CohortContents {
  const ids = Object.keys(members);
  const fingerprints = new Fingerprints(salt, sha256);
  const sorted = sortFingerprints(
    ids.map((id) => fingerprintOf(fingerprints, id)),
    ids.length,
  );
  if (sorted === null) throw new Error("two members collide");
  return {
    name,
    fingerprints: sorted,
    ordinals: by === "ordinal" ? Uint32Array.from(Object.values(members)) : null,
  };
}

function fingerprintOf(fingerprints: Fingerprints, id: string): Fingerprint {
  const fingerprint = fingerprints.of(id);
  if (fingerprint === null) throw new Error(`${id} has no fingerprint`);
  return fingerprint;
}
