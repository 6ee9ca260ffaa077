import type { Cohort as DirectoryCohort } from "@cordon/lake";
import type { Incident, Measure } from "@cordon/response";
import type { Plane } from "../plane.ts";
import { resolveCohort } from "./resolve-cohort.ts";

/** Whom measures concern, as the directory of `directoryAsOf` has it. */
interface PlanReach {
  /** Distinct accounts. */
  readonly accounts: number;
  /** True when a measure is for everybody: then also for accounts that the directory does not know yet. */
  readonly everybody: boolean;
  readonly directoryAsOf: string;
}

/** Throws LakeError and InputError. */
export async function planReach(
  plane: Plane,
  incident: Incident,
  measures: readonly Measure[],
): Promise<PlanReach> {
  const { asOf, accounts } = await plane.directory.ensure();
  const cohorts: DirectoryCohort[] = [];
  for (const { cohort } of measures) {
    if (cohort === undefined || "everyone" in cohort)
      return { accounts, everybody: true, directoryAsOf: asOf };
    cohorts.push(resolveCohort(cohort, incident));
  }
  const { accounts: reached } = { accounts: await plane.directory.directory.countCohort({ union: cohorts }) };
  return { accounts: reached, everybody: false, directoryAsOf: asOf };
}
