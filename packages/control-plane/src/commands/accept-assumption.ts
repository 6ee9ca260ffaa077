import type { AcceptAssumption, AcceptedAssumption } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { assumptionView } from "../queries/incident-view.ts";
import { runCommand } from "../run-command.ts";

export async function acceptAssumption(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: AcceptAssumption,
): Promise<AcceptedAssumption> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "acceptAssumption",
    request: body,
    incidentId,
    command: () => ({
      kind: "accept-assumption",
      answerDigest: body.answerDigest,
      assumption: body.assumption,
      name: body.name ?? caller.operator,
    }),
  });
  return assumptionView(incident, event);
}
