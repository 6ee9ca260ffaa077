import type { RiskDecision, StateNoIncreasedRisk } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { riskView } from "../queries/lifecycle-view.ts";
import { runCommand } from "../run-command.ts";

export async function stateNoIncreasedRisk(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: StateNoIncreasedRisk,
): Promise<RiskDecision> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "stateNoIncreasedRisk",
    request: body,
    incidentId,
    command: () => ({ kind: "state-no-increased-risk", decisionId: newId(plane, "risk"), ...body }),
  });
  return riskView(incident, event);
}
