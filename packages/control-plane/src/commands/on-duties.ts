import type { IncidentDuties } from "@cordon/contract";
import type { DutyCommand } from "@cordon/response";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { dutiesView } from "../queries/duty-view.ts";
import { runCommand } from "../run-command.ts";

/** A command on an incident's duties, that answers with all of them. */
export async function commandOnDuties(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  run: { readonly operation: string; readonly request: object; readonly command: () => DutyCommand },
): Promise<IncidentDuties> {
  const { incident } = await runCommand(plane, { caller, incidentId, ...run });
  return dutiesView(plane, incident);
}
