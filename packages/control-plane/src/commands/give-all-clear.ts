import type { Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { allClearObservations } from "../queries/judge-all-clear.ts";
import { requireIncident } from "../run-command.ts";
import { commandOnIncident } from "./on-incident.ts";

/** With criteria, what the control plane has seen goes with the command. */
export function giveAllClear(plane: Plane, caller: Caller, incidentId: string): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "giveAllClear",
    request: null,
    command: async () => {
      const incident = requireIncident(plane, incidentId);
      if (incident.allClearCriteria === null) return { kind: "give-all-clear" };
      return { kind: "give-all-clear", observations: await allClearObservations(plane, incident) };
    },
  });
}
