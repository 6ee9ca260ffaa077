import type { AllClearCriteria, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function setAllClearCriteria(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: AllClearCriteria,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "setAllClearCriteria",
    request: body,
    command: () => ({ kind: "set-all-clear-criteria", criteria: body }),
  });
}
