import type { Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnPlan } from "./on-plan.ts";

export function advanceRun(plane: Plane, caller: Caller, incidentId: string, planId: string): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "advanceRun",
      request: null,
      command: () => ({ kind: "advance-run", planId }),
    },
  );
}
