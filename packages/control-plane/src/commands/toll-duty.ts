import type { IncidentDuties, TollDuty } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnDuties } from "./on-duties.ts";

export function tollDuty(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  rule: string,
  body: TollDuty,
): Promise<IncidentDuties> {
  return commandOnDuties(plane, caller, incidentId, {
    operation: "tollDuty",
    request: { rule, ...body },
    command: () => ({
      kind: "toll-duty",
      rule,
      from: body.from,
      to: body.to ?? null,
      because: body.because,
    }),
  });
}
