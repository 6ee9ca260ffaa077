import type { Because, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function reopenIncident(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: Because,
): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "reopenIncident",
    request: body,
    command: () => ({ kind: "reopen-incident", because: body.because }),
  });
}
