import type { IncidentDuties, SetDutyMarkets } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnDuties } from "./on-duties.ts";

export function setDutyMarkets(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: SetDutyMarkets,
): Promise<IncidentDuties> {
  return commandOnDuties(plane, caller, incidentId, {
    operation: "setDutyMarkets",
    request: body,
    command: () => ({
      kind: "set-duty-markets",
      markets: body.markets,
      because: body.because ?? null,
    }),
  });
}
