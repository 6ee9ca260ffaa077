/** One value or a list of them, of which any may match. */
export type OneOrMore<Value> = Value | readonly Value[];

/**
 * A condition on the directory; all that are given must hold. Those on an installation (`platform`, `store`, `version…`,
 * `lastSeen…`, `hasOffline`) must hold on one installation together. Times are RFC 3339 with `Z`; an unknown time is
 * older than any, so that it is before every bound and at or after none.
 */
export interface DirectoryCohort {
  readonly passwordSetBefore?: string;
  readonly passwordSetFrom?: string;
  readonly createdBefore?: string;
  readonly createdFrom?: string;
  readonly market?: OneOrMore<string>;
  readonly platform?: OneOrMore<string>;
  readonly store?: OneOrMore<string>;
  /** A version as of contracts 4; an unreadable installed version is below everything. */
  readonly versionBelow?: string;
  /** Equal to one of these as versions: `1.0` is `1`. */
  readonly versionAt?: OneOrMore<string>;
  readonly versionAtLeast?: string;
  readonly versionAbove?: string;
  readonly lastSeenBefore?: string;
  readonly lastSeenFrom?: string;
  readonly hasOffline?: boolean;
}

/** Which accounts of the directory are meant. Answers must have become such cohorts before they come here. */
export type Cohort =
  | { readonly everyone: true }
  | { readonly accounts: readonly string[] }
  | { readonly directory: DirectoryCohort }
  | { readonly union: readonly Cohort[] }
  | { readonly intersect: readonly Cohort[] }
  | { readonly minus: readonly [Cohort, Cohort] };
