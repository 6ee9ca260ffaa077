import type { Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { incidentView } from "../queries/incident-view.ts";
import { runCommand } from "../run-command.ts";

export async function giveAllClear(plane: Plane, caller: Caller, incidentId: string): Promise<Incident> {
  const { incident } = await runCommand(plane, {
    caller,
    operation: "giveAllClear",
    request: null,
    incidentId,
    command: () => ({ kind: "give-all-clear" }),
  });
  return incidentView(plane, incident);
}
