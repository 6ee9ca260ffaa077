import type { Decision, RecordDecision } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { decisionView } from "../queries/incident-view.ts";
import { runCommand } from "../run-command.ts";

export async function recordDecision(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: RecordDecision,
): Promise<Decision> {
  const { statement, because } = body;
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "recordDecision",
    request: body,
    incidentId,
    command: () => ({ kind: "record-decision", statement, because, name: body.name ?? caller.operator }),
  });
  return decisionView(incident, event);
}
