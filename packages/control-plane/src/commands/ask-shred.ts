import type { Because, Incident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnIncident } from "./on-incident.ts";

export function askShred(plane: Plane, caller: Caller, incidentId: string, body: Because): Promise<Incident> {
  return commandOnIncident(plane, caller, incidentId, {
    operation: "askShred",
    request: body,
    command: () => ({ kind: "ask-shred", ...body }),
  });
}
