import type { Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnPlan } from "./on-plan.ts";

export function startRun(plane: Plane, caller: Caller, incidentId: string, planId: string): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "startRun",
      request: null,
      command: () => ({ kind: "start-run", planId }),
    },
  );
}
