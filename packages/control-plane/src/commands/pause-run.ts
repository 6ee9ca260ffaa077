import type { Because, Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnPlan } from "./on-plan.ts";

export function pauseRun(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  planId: string,
  body: Because,
): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "pauseRun",
      request: { ...body },
      command: () => ({ kind: "pause-run", planId, because: body.because }),
    },
  );
}
