import { NoticeError } from "../errors.ts";
import { SenderSession } from "../ledger/sender-session.ts";
import { DeliveryRun } from "./delivery-run.ts";
import type { Contact, Delivery, SendingEnd } from "./sending.ts";

/**
 * Sends what is planned in one channel, the affected first: everybody else waits until each of their messages is final, by
 * e-mail and in this channel. Any number of processes may call it for one notice, and after a crash it goes on where the ledger
 * stands. Throws `ERR_NOTICE_UNKNOWN`, `ERR_NOTICE_UNPLANNED`, `ERR_NOTICE_LEDGER`, and what `contacts` or `claimsHold` throw
 * (after what is in flight is on record).
 */
export async function deliver<Message, Person extends Contact>(
  delivery: Delivery<Message, Person>,
): Promise<SendingEnd> {
  const { ledger, noticeNo, clock } = delivery;
  const notice = await ledger.read(noticeNo);
  if (!notice.planned) {
    throw new NoticeError("ERR_NOTICE_UNPLANNED", `notice \`${noticeNo}\` is not wholly planned yet`, {
      hint: "plan it again: planning goes on where it stopped",
    });
  }
  if (notice.stopped !== null) {
    const { halted, reason } = notice.stopped;
    return { kind: halted ? "halted" : "stopped", reason };
  }
  return ledger.database.connection().execute(async (connection) => {
    const session = await SenderSession.begin(connection, noticeNo, clock());
    let end: SendingEnd = { kind: "done" };
    try {
      await session.recoverDead(clock());
      for (const only of ["affected", null] as const) {
        end = await new DeliveryRun(delivery, session, only).run();
        if (end.kind !== "done") break;
      }
    } catch (error) {
      await session.abandon();
      throw error;
    }
    await session.end(clock());
    return end;
  });
}
