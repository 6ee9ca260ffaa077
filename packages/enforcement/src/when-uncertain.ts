import { measures } from "@cordon/gate";
import type { Decision, Measure } from "@cordon/gate";

import { denies } from "./denies.ts";
import type { PolicyInForce } from "./policy-in-force.ts";

/**
 * What becomes of a measure while the policy in force may not be the newest: `apply` goes on with its rules, `allow` denies
 * nobody by them (fail open), `refuse` lets nobody pass as long as the policy has a rule of that measure (fail closed).
 */
export const uncertainOutcomes = ["apply", "allow", "refuse"] as const;
export type UncertainOutcome = (typeof uncertainOutcomes)[number];

/**
 * Fail open or fail closed, by measure. `default` is for the measures that are not named; as `refuse` it lets nobody pass,
 * whatever rules the policy has.
 */
export type WhenUncertain = { readonly default: UncertainOutcome } & Partial<
  Readonly<Record<Measure, UncertainOutcome>>
>;

/** `WhenUncertain` for one policy, asked once for each policy and not for each request. */
export interface UncertainPlan {
  readonly outcomes: ReadonlyMap<Measure, UncertainOutcome>;
  /** Whether nobody may pass. */
  readonly refusesAll: boolean;
}

export function uncertainPlan(whenUncertain: WhenUncertain, inForce: PolicyInForce): UncertainPlan {
  const outcomes = new Map(
    measures.map((measure) => [measure, whenUncertain[measure] ?? whenUncertain.default]),
  );
  let refusesAll = whenUncertain.default === "refuse";
  for (const { measure } of inForce.rules.values()) {
    if (whenUncertain[measure] === "refuse") refusesAll = true;
  }
  return { outcomes, refusesAll };
}

/** A decision of a policy that may not be the newest. `allow` is false also without a directive that denies. */
export function underUncertainty(decision: Decision, plan: UncertainPlan): Decision {
  const directives = decision.directives.filter(({ measure }) => plan.outcomes.get(measure) !== "allow");
  return { allow: !plan.refusesAll && !directives.some(denies), directives };
}
