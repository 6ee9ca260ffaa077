import type { ChangeRole, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function grantRole(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: ChangeRole,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "grantRole",
    request: body,
    command: () => ({ kind: "grant-role", ...body }),
  });
}
