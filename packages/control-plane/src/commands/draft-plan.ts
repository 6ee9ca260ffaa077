import type { DraftPlan, Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { checkDraft } from "../policy/check-draft.ts";
import { termsOf } from "../policy/terms-of.ts";
import { planView } from "../queries/plan-view.ts";
import { runCommand } from "../run-command.ts";

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
      await checkDraft(plane, incidentId, body);
      const { measures, terms = null } = body;
      const planId = newId(plane, "plan");
      return { kind: "draft-plan", planId, measures, terms: terms === null ? null : termsOf(terms) };
    },
  });
  return planView(plane, incident, event.type === "plan-drafted" ? event.data.planId : "");
}
