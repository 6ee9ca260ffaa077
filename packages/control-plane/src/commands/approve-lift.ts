import type { Plan } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { planView } from "../queries/plan-view.ts";
import { runCommand } from "../run-command.ts";

export async function approveLift(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  planId: string,
): Promise<Plan> {
  const { incident } = await runCommand(plane, {
    caller,
    operation: "approveLift",
    request: { planId },
    incidentId,
    command: () => ({ kind: "approve-lift", planId }),
  });
  return planView(plane, incident, planId);
}
