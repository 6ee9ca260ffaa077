import {
  constructCascade,
  encodeBundle,
  encodeFingerprints,
  encodeOrdinals,
  hashAccounts,
  noAccounts,
  noOrdinals,
  type AccountSection,
  type CohortContents,
} from "../src/index.ts";

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
  /** The directory's other account ids: cohorts are cascades where it is given, else fingerprints. */
  readonly others?: readonly string[];
  readonly wire?: "smallest" | "fast";
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
      cohorts: Object.entries(cohorts).map(([name, members]) => cohortOf(name, members, contents)),
    },
    64 * 1024 * 1024,
  );
}

function cohortOf(
  name: string,
  members: Readonly<Record<string, number>>,
  { by = "account", salt = 0, others, wire = "smallest" }: TestContents,
): CohortContents {
  const ids = Object.keys(members);
  if (ids.length === 0) return { name, members: 0, account: noAccounts, ordinal: noOrdinals };
  return {
    name,
    members: ids.length,
    account: accountSection(ids, others, salt),
    ordinal: by === "ordinal" ? encodeOrdinals(bitmapOf(Object.values(members)), wire).section : noOrdinals,
  };
}

function accountSection(
  ids: readonly string[],
  others: readonly string[] | undefined,
  salt: number,
): AccountSection {
  const listed = hashAccounts(ids, salt);
  const [kind, bytes] =
    others === undefined
      ? (["fingerprints", encodeFingerprints(listed)] as const)
      : (["cascade", constructCascade(listed, hashAccounts(others, salt), false)] as const);
  if (bytes === null) throw new Error("two accounts collide");
  return { kind, bytes };
}

export function bitmapOf(ordinals: Iterable<number>): Uint8Array {
  let bitmap = new Uint8Array(64);
  for (const ordinal of ordinals) {
    const at = ordinal >>> 3;
    if (at >= bitmap.length) {
      const longer = new Uint8Array(at * 2);
      longer.set(bitmap);
      bitmap = longer;
    }
    bitmap[at] = (bitmap[at] ?? 0) | (1 << (ordinal & 7));
  }
  return bitmap;
}
