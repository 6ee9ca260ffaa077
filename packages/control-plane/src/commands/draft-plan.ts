import type { DraftPlan, Plan } from "@cordon/contract";
import { formatInstant, InputError } from "@cordon/model";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { checkMeasures } from "../policy/compile-plans.ts";
import { resolveCohort } from "../policy/resolve-cohort.ts";
import { planView } from "../queries/plan-view.ts";
import { requireIncident, runCommand } from "../run-command.ts";

/** Refuses, as InputError with a path into the body, whatever could not be put in force later. */
export async function draftPlan(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: DraftPlan,
): Promise<Plan> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "draftPlan",
    request: body,
    incidentId,
    command: async () => {
      checkMeasures(body.measures, formatInstant(plane.clock()));
      await checkCohorts(plane, incidentId, body);
      return { kind: "draft-plan", planId: newId(plane, "plan"), measures: body.measures };
    },
  });
  return planView(plane, incident, event.type === "plan-drafted" ? event.data.planId : "");
}

async function checkCohorts(plane: Plane, incidentId: string, body: DraftPlan): Promise<void> {
  const incident = requireIncident(plane, incidentId);
  for (const [index, { cohort }] of body.measures.entries()) {
    if (cohort === undefined || "everyone" in cohort) continue;
    await plane.directory.ensure();
    try {
      await plane.directory.directory.countCohort(resolveCohort(cohort, incident));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(["measures", index, "cohort", ...error.path], error.message, error.expected);
    }
  }
}
