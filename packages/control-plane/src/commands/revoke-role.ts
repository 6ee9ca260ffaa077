import type { ChangeRole, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function revokeRole(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: ChangeRole,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "revokeRole",
    request: body,
    command: () => ({ kind: "revoke-role", ...body }),
  });
}
