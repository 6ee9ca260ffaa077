import type { IncidentDuties, RecordDutyEvent } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnDuties } from "./on-duties.ts";

export function recordDutyEvent(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: RecordDutyEvent,
): Promise<IncidentDuties> {
  return commandOnDuties(plane, caller, incidentId, {
    operation: "recordDutyEvent",
    request: body,
    command: () => ({
      kind: "record-duty-event",
      event: body.event,
      at: body.at,
      name: body.name ?? caller.operator,
      because: body.because ?? null,
    }),
  });
}
