import type { Because, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function liftLegalHold(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: Because,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "liftLegalHold",
    request: body,
    command: () => ({ kind: "lift-legal-hold", ...body }),
  });
}
