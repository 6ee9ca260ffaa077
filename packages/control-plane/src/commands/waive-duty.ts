import type { IncidentDuties, WaiveDuty } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnDuties } from "./on-duties.ts";

export function waiveDuty(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  rule: string,
  body: WaiveDuty,
): Promise<IncidentDuties> {
  return commandOnDuties(plane, caller, incidentId, {
    operation: "waiveDuty",
    request: { rule, ...body },
    command: () => ({ kind: "waive-duty", rule, because: body.because, name: body.name ?? caller.operator }),
  });
}
