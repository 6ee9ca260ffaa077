import type { Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnPlan } from "./on-plan.ts";

export function promoteRun(plane: Plane, caller: Caller, incidentId: string, planId: string): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "promoteRun",
      request: null,
      command: async () => ({ kind: "promote-run", planId, samples: await plane.samples.all() }),
    },
  );
}
