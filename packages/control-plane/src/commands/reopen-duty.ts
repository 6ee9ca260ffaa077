import type { IncidentDuties, Because } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnDuties } from "./on-duties.ts";

export function reopenDuty(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  rule: string,
  body: Because,
): Promise<IncidentDuties> {
  return commandOnDuties(plane, caller, incidentId, {
    operation: "reopenDuty",
    request: { rule, ...body },
    command: () => ({ kind: "reopen-duty", rule, because: body.because }),
  });
}
