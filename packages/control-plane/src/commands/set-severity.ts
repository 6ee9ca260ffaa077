import type { Incident, SetSeverity } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function setSeverity(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: SetSeverity,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "setSeverity",
    request: body,
    command: () => ({ kind: "set-severity", ...body }),
  });
}
