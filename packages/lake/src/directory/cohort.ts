/** One value or a list of them, of which any may match. */
export type OneOrMore<Value> = Value | readonly Value[];

/**
 * A condition on the directory; all that are given must hold. Those on an installation (`platform`, `store`,
 * `versionBelow`, `hasOffline`) must hold on one installation together.
 */
export interface DirectoryCohort {
  /** RFC 3339 with `Z`; an unknown time is older than any. */
  readonly passwordSetBefore?: string;
  /** RFC 3339 with `Z`; an unknown time is older than any. */
  readonly createdBefore?: string;
  readonly market?: OneOrMore<string>;
  readonly platform?: OneOrMore<string>;
  readonly store?: OneOrMore<string>;
  /** A version as of contracts 4; an unreadable installed version is below everything. */
  readonly versionBelow?: string;
  readonly hasOffline?: boolean;
}

/** Which accounts of the directory are meant. Answers must have become lists of accounts before they come here. */
export type Cohort =
  | { readonly everyone: true }
  | { readonly accounts: readonly string[] }
  | { readonly directory: DirectoryCohort }
  | { readonly union: readonly Cohort[] }
  | { readonly intersect: readonly Cohort[] }
  | { readonly minus: readonly [Cohort, Cohort] };
