import { audiences } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import { SenderSession } from "../ledger/sender-session.ts";
import { AudienceRun } from "./audience-run.ts";
import type { Sending, SendingEnd } from "./sending.ts";

/**
 * Sends what is planned, the affected first: everybody else waits until each of their messages is final. Any number of
 * processes may call it for one notice, and after a crash it goes on where the ledger stands.
 * Throws `ERR_NOTICE_UNKNOWN`, `ERR_NOTICE_UNPLANNED`, `ERR_NOTICE_LEDGER`, and what `contacts` or `claimsHold` throw
 * (after what is in flight is on record).
 */
export async function sendPlanned(sending: Sending): Promise<SendingEnd> {
  const { ledger, noticeNo, clock } = sending;
  const notice = await ledger.read(noticeNo);
  if (!notice.planned) {
    throw new NoticeError("ERR_NOTICE_UNPLANNED", `notice \`${noticeNo}\` is not wholly planned yet`, {
      hint: "plan it again: planning goes on where it stopped",
    });
  }
  if (notice.stopped !== null) return { kind: "stopped", reason: notice.stopped.reason };
  return ledger.database.connection().execute(async (connection) => {
    const session = await SenderSession.begin(connection, noticeNo, clock());
    let end: SendingEnd = { kind: "done" };
    try {
      for (const audience of audiences) {
        end = await new AudienceRun(sending, session, audience).run();
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
