import { sql } from "kysely";
import type { Audience } from "../facts/notice-facts.ts";
import type { DeliveryCause, DeliveryState, NotSent } from "./delivery-state.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";

const pageRows = 10_000;

type Row = {
  readonly ordinal: number;
  readonly audience: Audience;
  readonly state: Exclude<DeliveryState, "delivered">;
  readonly cause: DeliveryCause | null;
  readonly attempts: number;
  readonly reply_code: number | null;
  readonly changed_ms: string | null;
};

/** First the people whom the directory lacks, then everybody who is not `delivered`, by ordinal. */
export async function* readNotSent(db: LedgerDatabase, noticeNo: number): AsyncGenerator<NotSent> {
  const notice = await sql<{ account_id: string }>`
    select unnest(unreachable) as account_id from notices.notice where notice_no = ${noticeNo}
  `.execute(db);
  for (const { account_id: accountId } of notice.rows) {
    yield {
      audience: "affected",
      ordinal: null,
      accountId,
      state: "unreachable",
      cause: "no_contact",
      attempts: 0,
      replyCode: null,
      changedAtMs: null,
    };
  }
  let after = -1;
  for (;;) {
    const page = await sql<Row>`
      select ordinal, audience, state, cause, attempts, reply_code,
        floor(extract(epoch from changed_at) * 1000)::text as changed_ms
      from notices.delivery
      where notice_no = ${noticeNo} and ordinal > ${after} and state <> 'delivered'
      order by ordinal limit ${pageRows}
    `.execute(db);
    for (const row of page.rows) {
      yield {
        audience: row.audience,
        ordinal: row.ordinal,
        accountId: null,
        state: row.state,
        cause: row.cause,
        attempts: row.attempts,
        replyCode: row.reply_code,
        changedAtMs: row.changed_ms === null ? null : Number(row.changed_ms),
      };
      after = row.ordinal;
    }
    if (page.rows.length < pageRows) return;
  }
}
