import type { IncidentDuties, ExtendDuty } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnDuties } from "./on-duties.ts";

export function extendDuty(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  rule: string,
  body: ExtendDuty,
): Promise<IncidentDuties> {
  return commandOnDuties(plane, caller, incidentId, {
    operation: "extendDuty",
    request: { rule, ...body },
    command: () => ({ kind: "extend-duty", rule, until: body.until, because: body.because }),
  });
}
