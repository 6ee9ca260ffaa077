import type { DataClass } from "@cordon/model";

/** What can be told with proof, as contracts 2 prints it. Times are `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
export interface Answer {
  readonly accounts: AccountBounds;
  readonly dataClasses: DataClasses;
  /** Sorted by code point, the first 10,000. */
  readonly accountIds: readonly string[];
  readonly accountIdsTruncated: boolean;
  readonly attempted: { readonly events: number; readonly accounts: number };
  readonly decoysTouched: readonly string[];
  /** Decoys read by somebody who is surely no suspect of the question: a hint at one not yet known. */
  readonly decoysTouchedByOthers: readonly string[];
  readonly firstAccess: string | null;
  readonly lastAccess: string | null;
  readonly unclassified: { readonly events: number; readonly operations: readonly string[] };
  /** `openStores`: the stores that nothing bounds but their population, and why. */
  readonly coverage: Coverage;
  /** Accounts named, by effect. */
  readonly effects: { readonly read: number; readonly write: number; readonly delete: number };
  readonly assumptions: readonly Assumption[];
  readonly contradictions: readonly Contradiction[];
  /** Suspect events that are only possibly inside the window or only possibly a suspect's. */
  readonly possible: { readonly events: number; readonly unclassified: number };
  readonly evidence: EvidenceCounts;
  /** Only when a source's coverage inside the window rests on somebody's word. */
  readonly ifAssertionsHold?: {
    readonly accounts: AccountBounds;
    readonly dataClasses: DataClasses;
    readonly complete: boolean;
  };
  /** `sha256:` and the hex digest of the answer's RFC 8785 form without itself and `evidence.rejectedLines`. */
  readonly answerDigest: string;
}

export interface AccountBounds {
  readonly kind: "exactly" | "between";
  readonly atLeast: number;
  readonly atMost: number;
}

/** Every class of the map is in exactly one of the lists; each is sorted by code point. */
export interface DataClasses {
  readonly accessed: readonly DataClass[];
  readonly notAccessed: readonly DataClass[];
  readonly unknown: readonly DataClass[];
}

export interface Coverage {
  readonly complete: boolean;
  readonly gaps: readonly Gap[];
  /** The sources with an asserted entry that reaches into the window. */
  readonly asserted: readonly string[];
  readonly openStores: readonly OpenStore[];
}

export const gapReasons = ["uncovered", "sequence", "heartbeat", "digest", "rejected", "asserted"] as const;
export type GapReason = (typeof gapReasons)[number];

/** `source` is null when no source watches the store. */
export interface Gap {
  readonly source: string | null;
  readonly store: string;
  readonly from: string;
  readonly to: string;
  readonly reason: GapReason;
}

/** A store that could have been read beyond what the events name; `accounts`: its population. */
export interface OpenStore {
  readonly store: string;
  readonly accounts: number;
  readonly because: readonly ("gap" | "unclassified" | "people-unknown")[];
}

export type Assumption = "doors-complete" | "suspects-complete" | "logs-not-writable-by-suspects";

/** Something in the evidence that cannot be as the map or the directory says. */
export interface Contradiction {
  readonly kind: "unexpected-chain" | "sequence-repeated" | "digest" | "rows-over-population";
  readonly source: string;
  /** One sentence for a person. */
  readonly what: string;
}

export interface EvidenceCounts {
  readonly events: number;
  readonly suspectEvents: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly rejectedLines?: readonly RejectedLine[];
  readonly digest: string;
}

/** `file` is relative to the evidence folder; lines count from 1. */
export interface RejectedLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}
