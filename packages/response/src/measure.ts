/**
 * Whom a measure is for. `answer`: the accounts that an answer names, by its digest; `reachableBy`: those and whoever it
 * leaves open.
 */
export type Cohort =
  | { readonly everyone: true }
  | { readonly answer: string }
  | { readonly reachableBy: string }
  | { readonly accounts: readonly string[] }
  | { readonly directory: DirectoryConditions }
  | { readonly union: readonly Cohort[] }
  | { readonly intersect: readonly Cohort[] }
  | { readonly minus: readonly [Cohort, Cohort] };

type OneOrMore = string | readonly string[];

/** Conditions on an account and on one and the same installation of it; all that are given must hold. */
export interface DirectoryConditions {
  readonly market?: OneOrMore;
  readonly createdBefore?: string;
  readonly createdFrom?: string;
  readonly passwordSetBefore?: string;
  readonly passwordSetFrom?: string;
  readonly platform?: OneOrMore;
  readonly store?: OneOrMore;
  readonly versionBelow?: string;
  readonly versionAt?: OneOrMore;
  readonly versionAtLeast?: string;
  readonly versionAbove?: string;
  readonly lastSeenBefore?: string;
  readonly lastSeenFrom?: string;
  readonly hasOffline?: boolean;
}

export interface Where {
  readonly platform?: OneOrMore;
  readonly store?: OneOrMore;
}

/** Waves that open evenly; `over` is a duration, `from` an instant (null when it is left to publishing). */
export interface Rollout {
  readonly from?: string;
  readonly over: string;
  readonly waves: number;
}

interface MeasureBase {
  readonly id: string;
  readonly cohort?: Cohort;
  readonly where?: Where;
}

interface CutoffMeasure extends MeasureBase {
  /** Left out: the instant before the directory is fetched for the first bundle that holds the measure. */
  readonly cutoff?: string;
  readonly onMissing?: "ignore";
  readonly because?: "exposure" | "precaution";
  readonly rollout?: Rollout;
}

export interface Reauthenticate extends CutoffMeasure {
  readonly measure: "reauthenticate";
  readonly keys?: readonly string[];
}

export interface ChangePassword extends CutoffMeasure {
  readonly measure: "change_password";
}

export interface Upgrade extends MeasureBase {
  readonly measure: "upgrade";
  readonly below: string;
  readonly required?: string;
  readonly stores?: { readonly [store: string]: { readonly available?: string; readonly link?: string } };
}

export interface Redownload extends MeasureBase {
  readonly measure: "redownload";
  readonly epoch: number;
  readonly from?: string;
  readonly rollout?: Rollout;
}

export interface RefuseClient extends MeasureBase {
  readonly measure: "refuse_client";
  readonly trusted: readonly string[];
}

/** One measure of a plan: it becomes the rule of the same id. */
export type Measure = Reauthenticate | ChangePassword | Upgrade | Redownload | RefuseClient;

/** The digests of all answers that a cohort speaks of. */
export function answersOf(cohort: Cohort): string[] {
  if ("answer" in cohort) return [cohort.answer];
  if ("reachableBy" in cohort) return [cohort.reachableBy];
  if ("union" in cohort) return cohort.union.flatMap(answersOf);
  if ("intersect" in cohort) return cohort.intersect.flatMap(answersOf);
  if ("minus" in cohort) return cohort.minus.flatMap(answersOf);
  return [];
}
