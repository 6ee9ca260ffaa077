import type { IncidentDuties, MarkDutyDone } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnDuties } from "./on-duties.ts";

export function markDutyDone(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  rule: string,
  body: MarkDutyDone,
): Promise<IncidentDuties> {
  return commandOnDuties(plane, caller, incidentId, {
    operation: "markDutyDone",
    request: { rule, ...body },
    command: () => ({
      kind: "mark-duty-done",
      rule,
      at: body.at,
      reference: body.reference,
      authority: body.authority ?? null,
      name: body.name ?? caller.operator,
    }),
  });
}
