import type { Retried, RetryUnknown } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { mailingsOf } from "../queries/read-deliveries.ts";
import { journalDelivery, requireDeliveryRole } from "./decide-delivery.ts";

/** Sends again to people of unknown fate, because somebody chose that twice is better than perhaps not at all. */
export async function retryUnknown(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  noticeId: string,
  { because, accounts }: RetryUnknown,
): Promise<Retried> {
  await requireDeliveryRole(plane, caller, incidentId);
  const mailings = await mailingsOf(plane, incidentId, noticeId);
  const only =
    accounts === undefined
      ? null
      : new Set((await plane.directory.directory.evaluateCohort({ accounts })).ordinals);
  const key = caller.idempotencyKey;
  // A repetition acts once: whoever became unknown since is not meant by it.
  const isRepeated = key !== null && plane.record.command(caller.operator, key) !== null;
  await journalDelivery(plane, caller, incidentId, {
    operation: "retryUnknown",
    request: { noticeId, because, accounts: accounts ?? null },
    text: `people of unknown fate of notice ${noticeId} are sent to again (${only === null ? "all" : "some"}): ${because}`,
  });
  if (isRepeated) return { people: 0 };
  let people = 0;
  for (const { noticeNo } of mailings)
    people += (await plane.desk.ledger.retryUnknown(noticeNo, only)).length;
  plane.wake();
  return { people };
}
