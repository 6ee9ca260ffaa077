import type { DeclineApproval, Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnPlan } from "./on-plan.ts";

export function declineApproval(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  planId: string,
  body: DeclineApproval,
): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "declineApproval",
      request: { ...body },
      command: () => ({ kind: "decline-approval", planId, ...body }),
    },
  );
}
