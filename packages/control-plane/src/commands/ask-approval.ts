import type { AskApproval, Plan } from "@cordon/contract";
import type { ApprovalCommand } from "@cordon/response";
import type { Caller } from "../caller.ts";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { planReach } from "../policy/plan-reach.ts";
import { requireIncident } from "../run-command.ts";
import { commandOnPlan } from "./on-plan.ts";

/** Counts whom a plan reaches, on the directory as it is, and asks for approval of that. */
export function askApproval(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  planId: string,
  body: AskApproval,
): Promise<Plan> {
  return commandOnPlan(
    plane,
    caller,
    { incidentId, planId },
    {
      operation: "askApproval",
      request: body,
      command: async (): Promise<ApprovalCommand> => {
        const { act } = body;
        if (act !== "plan") return { kind: "ask-approval", planId, ...body };
        return { kind: "ask-approval", act, planId, ...(await reach(plane, incidentId, planId)) };
      },
    },
  );
}

async function reach(
  plane: Plane,
  incidentId: string,
  planId: string,
): Promise<{ reachAccounts: number | null; directoryAsOf: string }> {
  const incident = requireIncident(plane, incidentId);
  const plan = incident.plans.find((one) => one.planId === planId);
  if (plan === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no plan \`${planId}\``);
  const { accounts, everybody, directoryAsOf } = await planReach(plane, incident, plan.measures);
  // In a directory of one, everybody is one; whoever registers tomorrow is not counted in it.
  const isFew = accounts <= plane.record.limits().rules.oneApprovalUpToAccounts;
  return { reachAccounts: everybody && isFew ? null : accounts, directoryAsOf };
}
