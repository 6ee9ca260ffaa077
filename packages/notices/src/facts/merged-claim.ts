import { compareCodePoints, covers, type DataClass } from "@cordon/model";
import type { ClaimFact } from "./notice-facts.ts";

/**
 * What all claims of a fact sheet say together, never more than each of them: bounds that hold for the union of the
 * people, a class `notAccessed` only where no claim leaves it open.
 */
export function mergeClaims(claims: readonly ClaimFact[]): Omit<ClaimFact, "answerDigest"> {
  const [only] = claims;
  if (only !== undefined && claims.length === 1) return only;
  const sum = (count: (claim: ClaimFact) => number): number =>
    claims.reduce((total, claim) => total + count(claim), 0);
  const largest = (count: (claim: ClaimFact) => number): number =>
    claims.reduce((max, claim) => Math.max(max, count(claim)), 0);
  const classes = (list: keyof ClaimFact["dataClasses"]): DataClass[] => [
    ...new Set(claims.flatMap((claim) => claim.dataClasses[list])),
  ];
  const accessed = classes("accessed");
  const open = [...accessed, ...classes("unknown")];
  // A claim that leaves `user` open leaves `user.payment` open too, whatever another claim says of it.
  const notAccessed = classes("notAccessed").filter((name) => !open.some((other) => covers(other, name)));
  const unknown = [...classes("unknown"), ...classes("notAccessed")].filter(
    (name) => !accessed.includes(name) && !notAccessed.includes(name),
  );
  const atLeast = largest((claim) => claim.people.atLeast);
  // The claims may speak of the same people or of different ones.
  const atMost = sum((claim) => claim.people.atMost);
  const coverageComplete = claims.every((claim) => claim.coverageComplete);
  const exact =
    coverageComplete && atLeast === atMost && claims.every((claim) => claim.people.kind === "exactly");
  return {
    window: {
      from: earliest(claims.map((claim) => claim.window.from)),
      to: latest(claims.map((claim) => claim.window.to)),
    },
    people: {
      kind: exact ? "exactly" : "between",
      atLeast,
      atMost,
      named: largest((claim) => claim.people.named),
    },
    dataClasses: {
      accessed,
      notAccessed,
      unknown: [...new Set(unknown)],
    },
    firstAccess: earliest(claims.flatMap((claim) => claim.firstAccess ?? [])) || null,
    lastAccess: latest(claims.flatMap((claim) => claim.lastAccess ?? [])) || null,
    coverageComplete,
    effects: {
      read: sum((claim) => claim.effects.read),
      write: sum((claim) => claim.effects.write),
      delete: sum((claim) => claim.effects.delete),
    },
    assumptions: [...new Set(claims.flatMap((claim) => claim.assumptions))],
  };
}

/** RFC 3339 text with `Z` and the same number of digits sorts as its instants do; empty without any. */
function earliest(instants: readonly string[]): string {
  return instants.toSorted(byInstant)[0] ?? "";
}

function latest(instants: readonly string[]): string {
  return instants.toSorted(byInstant).at(-1) ?? "";
}

function byInstant(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b) || compareCodePoints(a, b);
}
