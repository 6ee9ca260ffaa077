import type { BreakTheGlass, Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnPlan } from "./on-plan.ts";

export function breakGlass(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  planId: string,
  body: BreakTheGlass,
): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "breakGlass",
      request: { ...body },
      command: () => ({ kind: "break-glass", planId, ...body }),
    },
  );
}
