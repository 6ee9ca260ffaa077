import { InputError, parseInstant, type JsonObject } from "@cordon/model";
import { GateError, parsePolicy } from "@cordon/gate";
import type { Cohort, Measure } from "@cordon/response";
import { plain } from "../run-command.ts";

/** A plan whose measures are to be in force. */
export interface PlanToPublish {
  readonly measures: readonly Measure[];
  /** The instant of its first bundle: the cutoff, and where the waves begin, of every measure that names none. */
  readonly cutoff: string;
}

interface CompiledPlans {
  /** Contracts 4, without `cohorts`: the members come apart. */
  readonly policy: JsonObject;
  /** What each listed cohort is, by the name that the policy uses. */
  readonly cohorts: ReadonlyMap<string, { readonly measureId: string; readonly cohort: Cohort }>;
}

/** The policy of all plans in force together. The same plans give the same rules, whatever the version. */
export function compilePlans(version: number, plans: readonly PlanToPublish[]): CompiledPlans {
  const cohorts = new Map<string, { measureId: string; cohort: Cohort }>();
  const rules = plans.flatMap((plan) =>
    plan.measures.map((measure) => {
      const name = cohortName(measure);
      if (measure.cohort !== undefined && name !== null && name !== "everyone") {
        cohorts.set(name, { measureId: measure.id, cohort: measure.cohort });
      }
      return { ...ruleOf(measure, plan.cutoff), ...(name === null ? {} : { cohort: name }) };
    }),
  );
  return { policy: plain({ version, rules }), cohorts };
}

function cohortName(measure: Measure): string | null {
  if (measure.cohort === undefined) return null;
  // A prefix, so that no measure's id can be taken for `everyone`.
  return "everyone" in measure.cohort ? "everyone" : `of-${measure.id}`;
}

function ruleOf(measure: Measure, publishedCutoff: string): object {
  const rule = Object.fromEntries(Object.entries(measure).filter(([key]) => key !== "cohort"));
  if ("rollout" in measure) rule["rollout"] = { from: publishedCutoff, ...measure.rollout };
  const hasCutoff = measure.measure === "reauthenticate" || measure.measure === "change_password";
  const byKeys = measure.measure === "reauthenticate" && measure.keys !== undefined;
  if (hasCutoff && !byKeys) rule["cutoff"] = measure.cutoff ?? publishedCutoff;
  return rule;
}

/**
 * Refuses measures that could not be put in force, while they are still a draft. Throws InputError with its path into
 * the plan.
 */
export function checkMeasures(measures: readonly Measure[], now: string): void {
  const { policy, cohorts } = compilePlans(1, [{ measures, cutoff: now }]);
  try {
    parsePolicy(policy, cohorts.keys());
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    throw new InputError(["measures", ...error.path.slice(1)], error.message, error.expected);
  }
  measures.forEach((measure, index) => {
    // Contracts 4: a listed cohort's cutoff is never later than the directory it was taken from.
    const listed = measure.cohort !== undefined && !("everyone" in measure.cohort);
    const cutoff = "cutoff" in measure ? measure.cutoff : undefined;
    if (!listed || cutoff === undefined || (parseInstant(cutoff) ?? 0) <= (parseInstant(now) ?? 0)) return;
    throw new InputError(
      ["measures", index, "cutoff"],
      `\`${cutoff}\` is in the future`,
      "none, or an instant that is past, for a listed cohort",
    );
  });
}
