import type { Deliveries, Delivery } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { NoticeRecord, StateCounts } from "@cordon/notices";
import type { NoticeState } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import { quietIn } from "../notices/quiet-in.ts";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";

/** What became of a notice, by channel, counted now. Throws ERR_PLANE_NOT_FOUND. */
export async function readDeliveries(
  plane: Plane,
  incidentId: string,
  noticeId: string,
): Promise<Deliveries> {
  await plane.record.catchUp();
  const mailings = await mailingsOf(plane, incidentId, noticeId);
  const notice = requireIncident(plane, incidentId).notices.find((one) => one.noticeId === noticeId);
  return { deliveries: await Promise.all(mailings.map((mailing) => deliveryOf(plane, notice, mailing))) };
}

/** The channels of a notice that are planned; none before it is approved. Throws ERR_PLANE_NOT_FOUND. */
export async function mailingsOf(
  plane: Plane,
  incidentId: string,
  noticeId: string,
): Promise<readonly NoticeRecord[]> {
  const notice = requireIncident(plane, incidentId).notices.find((one) => one.noticeId === noticeId);
  if (notice === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no notice \`${noticeId}\``);
  const all = await plane.desk.ledger.list(incidentId);
  return all.filter(({ edition }) => edition === notice.edition);
}

async function deliveryOf(
  plane: Plane,
  notice: NoticeState | undefined,
  mailing: NoticeRecord,
): Promise<Delivery> {
  const { noticeNo, channel, stopped } = mailing;
  const counts = await plane.desk.ledger.counts(noticeNo);
  return {
    channel,
    stopped:
      stopped === null
        ? null
        : { at: formatInstant(stopped.atMs), because: stopped.reason, byHand: stopped.halted },
    total: countsOf(counts),
    affected: countsOf(counts.affected),
    everybodyElse: countsOf(counts.general),
    unreachable: counts.unreachable,
    quiet: notice === undefined ? [] : await quietIn(plane, notice, mailing, counts.planned),
  };
}

function countsOf(counts: StateCounts): Delivery["total"] {
  const { planned, leased, handed_over: handedOver, confirmed, bounced, failed, unknown } = counts;
  return { planned, leased, handedOver, confirmed, bounced, failed, unknown };
}
