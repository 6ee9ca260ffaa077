import type { SetRetention, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function setRetention(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: SetRetention,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "setRetention",
    request: body,
    command: () => ({ kind: "set-retention", ...body }),
  });
}
