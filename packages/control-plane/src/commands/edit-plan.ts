import type { DraftPlan, Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { checkDraft } from "../policy/check-draft.ts";
import { termsOf } from "../policy/terms-of.ts";
import { commandOnPlan } from "./on-plan.ts";

/** Other measures and terms in the place of a draft's. Refuses as `draftPlan` does. */
export function editPlan(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  planId: string,
  body: DraftPlan,
): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "editPlan",
      request: body,
      command: async () => {
        await checkDraft(plane, incidentId, body);
        const { measures, terms = null } = body;
        return { kind: "edit-plan", planId, measures, terms: terms === null ? null : termsOf(terms) };
      },
    },
  );
}
