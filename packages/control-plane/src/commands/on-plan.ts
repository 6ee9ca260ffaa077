import type { Plan } from "@cordon/contract";
import type { IncidentCommand } from "@cordon/response";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { planView } from "../queries/plan-view.ts";
import { runCommand } from "../run-command.ts";

/** A command on a plan that answers with the plan. `request` is what the caller wrote, null for nothing. */
export async function commandOnPlan(
  plane: Plane,
  caller: Caller,
  at: { readonly incidentId: string; readonly planId: string },
  run: {
    readonly operation: string;
    readonly request: object | null;
    readonly command: () => IncidentCommand | Promise<IncidentCommand>;
  },
): Promise<Plan> {
  const { incidentId, planId } = at;
  const { operation, request, command } = run;
  const { incident } = await runCommand(plane, {
    caller,
    operation,
    request: { planId, ...request },
    incidentId,
    command,
  });
  return planView(plane, incident, planId);
}
