import type { Because, Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnPlan } from "./on-plan.ts";

export function resumeRun(
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
      operation: "resumeRun",
      request: { ...body },
      command: async () => ({
        kind: "resume-run",
        planId,
        because: body.because,
        samples: await plane.samples.all(),
      }),
    },
  );
}
