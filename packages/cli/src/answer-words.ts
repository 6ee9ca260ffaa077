import type { Answer, GapReason, OpenStore, ProofKind } from "@cordon/scope";

/** Why a stretch is a gap. */
export const reasons: Readonly<Record<GapReason, string>> = {
  uncovered: "no log",
  sequence: "lines missing, or not proven complete",
  heartbeat: "silent for too long",
  digest: "not proven by its digests",
  rejected: "lines that cannot be read",
  asserted: "somebody's word only",
};

/** Why a store is open. */
export const causes: Readonly<Record<OpenStore["because"][number], string>> = {
  gap: "a gap in its logs",
  unclassified: "an operation that the map does not know",
  "people-unknown": "an access that does not say whom it reached",
};

/** What proves that a source watched. */
export const proofs: Readonly<Record<ProofKind, string>> = {
  sequence: "sequence numbers without a hole",
  heartbeat: "signs of life",
  digest: "signed digests",
  asserted: "somebody's word",
};

/** The bounds on people as a sentence. */
export function headline({ kind, atLeast, atMost }: Answer["accounts"]): string {
  if (kind === "exactly") {
    if (atLeast === 0) return "Nobody's data was accessed (exactly 0 accounts).";
    return `The data of exactly ${people(atLeast)} was accessed.`;
  }
  return `The data of at least ${count(atLeast)} and at most ${people(atMost)} was accessed.`;
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? "nothing" : items.join(", ");
}

export function count(number: number): string {
  return number.toLocaleString("en-US");
}

export function people(number: number): string {
  return number === 1 ? "1 account" : `${count(number)} accounts`;
}
