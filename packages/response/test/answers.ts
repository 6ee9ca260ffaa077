import type { Answer } from "@cordon/scope";

/** An answer as evidence could give it. `digest`: one hex digit, repeated. */
export function answer(
  digest: string,
  options: {
    readonly atLeast?: number;
    readonly atMost?: number;
    readonly accountIds?: readonly string[];
    readonly accessed?: readonly string[];
    readonly notAccessed?: readonly string[];
    readonly unknown?: readonly string[];
    readonly assumptions?: Answer["assumptions"];
  } = {},
): Answer {
  const { atLeast = 1, accountIds = ["u-1"] } = options;
  const atMost = options.atMost ?? atLeast;
  return {
    accounts: { kind: atLeast === atMost ? "exactly" : "between", atLeast, atMost },
    accountIds,
    accountIdsTruncated: false,
    dataClasses: {
      accessed: options.accessed ?? ["user.name"],
      notAccessed: options.notAccessed ?? ["user.payment"],
      unknown: options.unknown ?? [],
    },
    attempted: { events: 0, accounts: 0 },
    decoysTouched: [],
    decoysTouchedByOthers: [],
    firstAccess: null,
    lastAccess: null,
    unclassified: { events: 0, operations: [] },
    coverage: { complete: atLeast === atMost, gaps: [], asserted: [], openStores: [] },
    effects: { read: 1, write: 0, delete: 0 },
    assumptions: options.assumptions ?? ["doors-complete", "suspects-complete"],
    contradictions: [],
    possible: { events: 0, unclassified: 0 },
    evidence: { events: 1, suspectEvents: 1, duplicates: 0, rejected: 0, digest: "sha256:0" },
    answerDigest: `sha256:${digest.repeat(64)}`,
  };
}
