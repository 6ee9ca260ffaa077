import type { ApproveShred, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function approveShred(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: ApproveShred,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "approveShred",
    request: body,
    command: () => ({ kind: "approve-shred", ...body }),
  });
}
