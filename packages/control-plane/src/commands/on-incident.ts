import type { Incident } from "@cordon/contract";
import type { IncidentCommand } from "@cordon/response";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { incidentView } from "../queries/incident-view.ts";
import { runCommand } from "../run-command.ts";

/** A command on an incident that answers with the incident. */
export async function commandOnIncident(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  run: {
    readonly operation: string;
    readonly request: object | null;
    readonly command: () => IncidentCommand | Promise<IncidentCommand>;
  },
): Promise<Incident> {
  const { incident } = await runCommand(plane, { caller, incidentId, ...run });
  return incidentView(plane, incident);
}
