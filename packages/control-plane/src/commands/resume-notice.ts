import type { Because, Deliveries } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { mailingsOf, readDeliveries } from "../queries/read-deliveries.ts";
import { journalDelivery, requireDeliveryRole } from "./decide-delivery.ts";

/** Goes on with what was stopped by hand; what its evidence stopped is not taken up again: a correction is a notice of its own. */
export async function resumeNotice(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  noticeId: string,
  { because }: Because,
): Promise<Deliveries> {
  await requireDeliveryRole(plane, caller, incidentId);
  const mailings = await mailingsOf(plane, incidentId, noticeId);
  if (mailings.some(({ stopped }) => stopped !== null && !stopped.halted)) {
    throw new ControlPlaneError(
      "ERR_PLANE_NOT_FOUND",
      `\`${noticeId}\` was not stopped by hand: its evidence changed`,
      {
        hint: "draft a correction",
      },
    );
  }
  await journalDelivery(plane, caller, incidentId, {
    operation: "resumeNotice",
    request: { noticeId, because },
    text: `notice ${noticeId} goes on: ${because}`,
  });
  const [first] = mailings;
  if (first !== undefined) await plane.desk.ledger.resume(first.noticeNo);
  plane.wake();
  return readDeliveries(plane, incidentId, noticeId);
}
