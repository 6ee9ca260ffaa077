import type { DataClass } from "@cordon/model";

/**
 * What an answer needs to know of a data map: where data rests, which source watches it and what its operations touch.
 * `@cordon/evidence`'s DataMap has this shape.
 */
export interface MapFacts {
  readonly stores: readonly StoreFacts[];
  readonly sources: readonly SourceFacts[];
}

/** `accounts`: how many accounts the store holds, `all` for as many as there are. */
export interface StoreFacts {
  readonly name: string;
  readonly classes: readonly DataClass[];
  readonly accounts: "all" | number;
}

export interface SourceFacts {
  readonly name: string;
  readonly store: string | null;
  readonly fields: { has(field: SuspectField): boolean };
  readonly operations: ReadonlyMap<string, readonly OperationFacts[]>;
  readonly coverage: readonly CoverageFacts[];
  readonly skewUs: number;
}

export type OperationFacts =
  | { readonly kind: "ignored" }
  | {
      readonly kind: "mapped";
      readonly store: string;
      readonly effect: "read" | "write" | "delete";
      readonly classes: readonly DataClass[];
    };

export interface CoverageFacts {
  readonly fromUs: number;
  readonly toUs: number;
  readonly proof: ProofFacts;
}

/** What proves that a source watched: somebody's word, numbers without holes, signs of life, signed digests. */
export type ProofFacts =
  | { readonly kind: "asserted" }
  /** `chains`: the expected ones; null when the source has one chain. */
  | { readonly kind: "sequence"; readonly chains: readonly string[] | null }
  /** A silence of more than `everyUs` plus `skewUs` (the entry's own skew) is a gap. `everyUs` is at least a second. */
  | { readonly kind: "heartbeat"; readonly everyUs: number; readonly skewUs: number }
  /** What the chain of digests proves stands in the findings. */
  | { readonly kind: "digest" };

/** The fields that a suspect may be known by: every mapped text field. */
export const suspectFields = ["id", "actor", "address", "session", "operation", "outcome"] as const;
export type SuspectField = (typeof suspectFields)[number];
