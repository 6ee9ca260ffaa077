import type { Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { metShareOf } from "../queries/plan-progress.ts";
import { commandOnPlan } from "./on-plan.ts";

export function completeRun(plane: Plane, caller: Caller, incidentId: string, planId: string): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "completeRun",
      request: null,
      command: async () => ({
        kind: "complete-run",
        planId,
        metShare: await metShareOf(plane, incidentId, planId),
      }),
    },
  );
}
