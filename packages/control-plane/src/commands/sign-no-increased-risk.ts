import type { RiskDecision, SignNoIncreasedRisk } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { riskView } from "../queries/lifecycle-view.ts";
import { runCommand } from "../run-command.ts";

export async function signNoIncreasedRisk(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  decisionId: string,
  body: SignNoIncreasedRisk,
): Promise<RiskDecision> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "signNoIncreasedRisk",
    request: { decisionId, ...body },
    incidentId,
    command: () => ({
      kind: "sign-no-increased-risk",
      decisionId,
      digest: body.digest,
      name: body.name ?? caller.operator,
    }),
  });
  return riskView(incident, event);
}
