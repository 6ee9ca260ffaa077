import type { DeclineShred, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function declineShred(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: DeclineShred,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "declineShred",
    request: body,
    command: () => ({ kind: "decline-shred", ...body }),
  });
}
