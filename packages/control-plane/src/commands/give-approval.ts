import type { GiveApproval, Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnPlan } from "./on-plan.ts";

export function giveApproval(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  planId: string,
  body: GiveApproval,
): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "giveApproval",
      request: { ...body },
      command: () => ({ kind: "give-approval", planId, digest: body.digest }),
    },
  );
}
