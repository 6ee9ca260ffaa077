import type { Because, Halted } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { journalDelivery, requireDeliveryRole } from "./decide-delivery.ts";

/** The kill switch. It stops first and journals then: nobody is written to while a record is made. */
export async function haltNotices(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  { because }: Because,
): Promise<Halted> {
  await requireDeliveryRole(plane, caller, incidentId);
  const halted = await plane.desk.ledger.halt(incidentId, because);
  await journalDelivery(plane, caller, incidentId, {
    operation: "haltNotices",
    request: { because },
    text: `notices stopped by hand in every channel: ${because}`,
  });
  return { halted };
}
