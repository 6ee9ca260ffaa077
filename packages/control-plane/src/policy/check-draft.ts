import type { DraftPlan } from "@cordon/contract";
import { formatInstant, InputError } from "@cordon/model";
import type { Cohort } from "@cordon/response";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { checkMeasures } from "./compile-plans.ts";
import { resolveCohort } from "./resolve-cohort.ts";

/** Refuses, as InputError with a path into the draft, whatever could not be put in force later. */
export async function checkDraft(plane: Plane, incidentId: string, draft: DraftPlan): Promise<void> {
  checkMeasures(draft.measures, formatInstant(plane.clock()));
  for (const [index, { cohort }] of draft.measures.entries())
    await checkCohort(plane, incidentId, ["measures", index, "cohort"], cohort);
  const { terms = null } = draft;
  if (terms === null) return;
  await checkCohort(plane, incidentId, ["terms", "canary", "cohort"], terms.canary.cohort);
  await checkCohort(plane, incidentId, ["terms", "exempt"], terms.exempt ?? undefined);
}

async function checkCohort(
  plane: Plane,
  incidentId: string,
  path: readonly (string | number)[],
  cohort: Cohort | undefined,
): Promise<void> {
  if (cohort === undefined || "everyone" in cohort) return;
  const incident = requireIncident(plane, incidentId);
  await plane.directory.ensure();
  try {
    await plane.directory.directory.countCohort(resolveCohort(cohort, incident));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError([...path, ...error.path], error.message, error.expected);
  }
}
