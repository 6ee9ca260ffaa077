import type { Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { planView } from "../queries/plan-view.ts";
import { runCommand } from "../run-command.ts";

export async function approvePlan(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  planId: string,
): Promise<Plan> {
  const { incident } = await runCommand(plane, {
    caller,
    operation: "approvePlan",
    request: { planId },
    incidentId,
    command: () => ({ kind: "approve-plan", planId }),
  });
  return planView(plane, incident, planId);
}
