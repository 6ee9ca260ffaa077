import type { Incident, MoveIncident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function moveIncident(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: MoveIncident,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "moveIncident",
    request: body,
    command: () => ({ kind: "move-incident", ...body }),
  });
}
