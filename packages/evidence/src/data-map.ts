import type { DataClass } from "@cordon/model";

import type { FieldPath } from "./field-path.ts";

/** What a log line says about people (contracts 1): the stores, and the sources that watch them. */
export interface DataMap {
  readonly version: 1;
  readonly stores: readonly DataStore[];
  readonly sources: readonly Source[];
}

/** Where personal data rests. `accounts`: how many accounts it holds, `all` for as many as there are. */
export interface DataStore {
  readonly name: string;
  readonly classes: readonly DataClass[];
  readonly accounts: "all" | number;
}

export const formats = ["jsonl", "csv", "cloudtrail", "ocsf", "pgaudit"] as const;
export type Format = (typeof formats)[number];

export const fieldNames = [
  "time",
  "id",
  "actor",
  "address",
  "session",
  "operation",
  "outcome",
  "sequence",
] as const;
export type FieldName = (typeof fieldNames)[number];

/** A log that watches stores. */
export interface Source {
  readonly name: string;
  readonly format: Format;
  /** The store of the operations that name none, and of those that the map does not name; null when the map gives none. */
  readonly store: string | null;
  readonly fields: ReadonlyMap<FieldName, FieldPath>;
  /** All must hold for an event to have succeeded. */
  readonly succeeded: readonly Condition[];
  /** By name, the entries of an operation; the first whose `when` holds counts. */
  readonly operations: ReadonlyMap<string, readonly Operation[]>;
  readonly coverage: readonly CoverageEntry[];
  /** Clock error at the window's edges: the largest of the source's coverage entries, in microseconds. */
  readonly skewUs: number;
  /** Where a record names its chain of sequence numbers; null when the source has one chain. */
  readonly chainPath: FieldPath | null;
}

/** Holds when the scalar at the path has one of the texts as its text, or is absent or null where null is listed. */
export interface Condition {
  readonly path: FieldPath;
  readonly values: ReadonlySet<string | null>;
}

export type Operation = IgnoredOperation | MappedOperation;

export interface IgnoredOperation {
  readonly kind: "ignored";
  readonly when: readonly Condition[];
}

export const effects = ["read", "write", "delete"] as const;
export type Effect = (typeof effects)[number];

export interface MappedOperation {
  readonly kind: "mapped";
  readonly when: readonly Condition[];
  readonly store: string;
  readonly effect: Effect;
  readonly classes: readonly DataClass[];
  readonly people: People;
}

/** Whom an operation reaches: one account, a list of them, a number of people, or nobody knows. */
export type People =
  | { readonly kind: "account"; readonly path: FieldPath; readonly pattern: RegExp | null }
  | { readonly kind: "accounts"; readonly path: FieldPath; readonly pattern: RegExp | null }
  | { readonly kind: "rows"; readonly path: FieldPath }
  | { readonly kind: "unknown" };

/** When a source really watched: [from, to), and what proves it. Times in microseconds since the epoch. */
export interface CoverageEntry {
  readonly fromUs: number;
  readonly toUs: number;
  readonly proof: Proof;
}

export type Proof =
  | { readonly kind: "asserted" }
  /** `chains`: the expected values of the source's chain path; null when the source has one chain. */
  | { readonly kind: "sequence"; readonly chains: readonly string[] | null }
  /** Two consecutive lines more than `everyUs` plus `skewUs` (the entry's own skew) apart are a gap. */
  | { readonly kind: "heartbeat"; readonly everyUs: number; readonly skewUs: number }
  /** A CloudTrail digest chain, signed by one of the keys; without keys nothing is proven. */
  | { readonly kind: "digest"; readonly keys: readonly DigestKey[] };

/** A public key of CloudTrail, as `aws cloudtrail list-public-keys` gives it. */
export interface DigestKey {
  /** Lower-case hex; digests name the key that signed them by it. */
  readonly fingerprint: string;
  /** RSA public key, PKCS#1 (RFC 8017, appendix A.1.1). */
  readonly publicKeyDer: Uint8Array;
}

/** The stores whose data a source's log speaks of: its default store and those that its operations name. */
export function watchedStores(source: Source): ReadonlySet<string> {
  const stores = new Set<string>();
  if (source.store !== null) stores.add(source.store);
  for (const entries of source.operations.values()) {
    for (const entry of entries) if (entry.kind === "mapped") stores.add(entry.store);
  }
  return stores;
}
