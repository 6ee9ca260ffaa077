import { sql, type QueryExecutorProvider, type QueryResult, type RawBuilder } from "kysely";
import { NoticeError } from "../errors.ts";
import type { Audience } from "../facts/notice-facts.ts";
import type { DeliveryCause, DeliveryState } from "./delivery-state.ts";

/** First key of the senders' advisory locks; the second is the sender's number. */
const senderLockClass = 0x436f7264;

/** What became of one attempt, as it goes on record. */
export type Outcome = {
  readonly ordinal: number;
  /** `planned`: to be tried again. */
  readonly state: Exclude<DeliveryState, "sending">;
  readonly cause: DeliveryCause | null;
  readonly replyCode: number | null;
  /** When to try again, in milliseconds since the epoch; null for at once or never. */
  readonly dueMs: number | null;
  /** False when the attempt is not to be counted, because nothing could be sent to anybody. */
  readonly counted: boolean;
};

export type Leased = { readonly ordinal: number; readonly attempts: number };

type Remaining = {
  readonly planned: number;
  readonly sending: number;
  /** When the first of those that wait is due; null when one is due at once or none waits. */
  readonly nextDueMs: number | null;
};

/**
 * One sending process on the ledger, on one connection of its own. The connection holds the sender's advisory lock:
 * when the process or the connection dies, PostgreSQL lets go of the lock, and whoever gets it knows that this sender
 * will never lease again. INVARIANT: leases are made on this connection only.
 */
export class SenderSession {
  readonly #connection: QueryExecutorProvider;
  readonly #noticeNo: number;
  readonly senderNo: number;

  private constructor(connection: QueryExecutorProvider, noticeNo: number, senderNo: number) {
    this.#connection = connection;
    this.#noticeNo = noticeNo;
    this.senderNo = senderNo;
  }

  static async begin(
    connection: QueryExecutorProvider,
    noticeNo: number,
    nowMs: number,
  ): Promise<SenderSession> {
    // One statement: the sender is never visible without its lock.
    const begun = await sql<{ sender_no: number }>`
      with begun as (
        insert into notices.sender (notice_no, started_at) values (${noticeNo}, ${new Date(nowMs)}) returning sender_no
      )
      select sender_no, pg_advisory_lock(${senderLockClass}::integer, sender_no) from begun
    `.execute(connection);
    const [row] = begun.rows;
    if (row === undefined) throw new TypeError("a sender without a number");
    return new SenderSession(connection, noticeNo, row.sender_no);
  }

  /** The orderly end. INVARIANT: nothing of this sender is in `sending` any more. */
  async end(nowMs: number): Promise<void> {
    await this.#run(sql`
      with ended as (
        update notices.sender set ended_at = ${new Date(nowMs)} where sender_no = ${this.senderNo} returning sender_no
      )
      select pg_advisory_unlock(${senderLockClass}::integer, sender_no) from ended
    `);
  }

  /** Lets go of the lock without an orderly end: the next sender finds what is left in `sending`. */
  async abandon(): Promise<void> {
    // When the connection is gone, so is the lock: there is nothing left to let go of.
    await this.#run(
      sql`select pg_advisory_unlock(${senderLockClass}::integer, ${this.senderNo}::integer)`,
    ).catch(() => undefined);
  }

  /**
   * Messages that dead senders left in `sending` become `unknown`: their bytes may have gone out. Returns how many.
   */
  async recoverDead(nowMs: number): Promise<number> {
    const others = await this.#run(sql<{ sender_no: number }>`
      select sender_no from notices.sender
      where notice_no = ${this.#noticeNo} and ended_at is null and sender_no <> ${this.senderNo}
    `);
    let recovered = 0;
    for (const { sender_no: dead } of others.rows) {
      const tried = await this.#run(sql<{ got: boolean }>`
        select pg_try_advisory_lock(${senderLockClass}::integer, ${dead}::integer) as got
      `);
      if (tried.rows[0]?.got !== true) continue;
      const lost = await this.#run(sql`
        with lost as (
          update notices.delivery set state = 'unknown', cause = 'worker_lost', changed_at = ${new Date(nowMs)}
          where notice_no = ${this.#noticeNo} and sender_no = ${dead} and state = 'sending' returning 1
        ), ended as (
          update notices.sender set ended_at = ${new Date(nowMs)} where sender_no = ${dead}
        )
        select * from lost
      `);
      recovered += lost.rows.length;
      await this.#run(sql`select pg_advisory_unlock(${senderLockClass}::integer, ${dead}::integer)`);
    }
    return recovered;
  }

  /** Ordinals over `after` that can be sent now, ascending, at most `limit`. Nothing is leased. */
  async window(audience: Audience, after: number, limit: number, nowMs: number): Promise<number[]> {
    const found = await this.#run(sql<{ ordinal: number }>`
      select ordinal from notices.delivery
      where notice_no = ${this.#noticeNo} and ordinal > ${after} and audience = ${audience}
        and state = 'planned' and (due_at is null or due_at <= ${new Date(nowMs)})
      order by ordinal limit ${limit}
    `);
    return found.rows.map((row) => row.ordinal);
  }

  /**
   * Records outcomes and leases further messages in one commit: once it resolves, the leased ones are durably
   * `sending` and their first byte may go out. Leases only what is still `planned`, and nothing of a stopped notice.
   */
  async turn(outcomes: readonly Outcome[], lease: readonly number[], nowMs: number): Promise<Leased[]> {
    const leased = await this.#run(sql<Leased>`
      with recorded as (${recording(this.#noticeNo, this.senderNo, outcomes, nowMs)}),
      leased as (
        update notices.delivery
        set state = 'sending', sender_no = ${this.senderNo}, attempts = attempts + 1,
          changed_at = ${new Date(nowMs)}, due_at = null, cause = null, reply_code = null
        where notice_no = ${this.#noticeNo} and ordinal = any(${`{${lease.join(",")}}`}::integer[]) and state = 'planned'
          and exists (select from notices.notice where notice_no = ${this.#noticeNo} and stopped_at is null)
        returning ordinal, attempts
      )
      select ordinal, attempts::integer from leased order by ordinal
    `);
    return leased.rows;
  }

  async remaining(audience: Audience): Promise<Remaining> {
    const found = await this.#run(sql<{
      planned: string;
      sending: string;
      due_now: string;
      next_due_ms: string | null;
    }>`
      select count(*) filter (where state = 'planned') as planned, count(*) filter (where state = 'sending') as sending,
        count(*) filter (where state = 'planned' and due_at is null) as due_now,
        ceil(extract(epoch from min(due_at) filter (where state = 'planned')) * 1000)::text as next_due_ms
      from notices.delivery where notice_no = ${this.#noticeNo} and audience = ${audience}
    `);
    const [row] = found.rows;
    if (row === undefined) throw new TypeError("an aggregate without a row");
    return {
      planned: Number(row.planned),
      sending: Number(row.sending),
      nextDueMs: Number(row.due_now) > 0 || row.next_due_ms === null ? null : Number(row.next_due_ms),
    };
  }

  async #run<Row>(query: RawBuilder<Row>): Promise<QueryResult<Row>> {
    try {
      return await query.execute(this.#connection);
    } catch (error) {
      throw new NoticeError("ERR_NOTICE_LEDGER", "the ledger was lost in the middle of sending", {
        cause: error,
      });
    }
  }
}

/** Records outcomes on any connection: after the sender's own one was lost, too. */
export async function recordOutcomes(
  db: QueryExecutorProvider,
  noticeNo: number,
  senderNo: number,
  outcomes: readonly Outcome[],
  nowMs: number,
): Promise<void> {
  await recording(noticeNo, senderNo, outcomes, nowMs).execute(db);
}

// A row of this sender that another one has called `unknown` takes the outcome too: it is what really happened.
function recording(
  noticeNo: number,
  senderNo: number,
  outcomes: readonly Outcome[],
  nowMs: number,
): ReturnType<typeof sql> {
  const column = <Value>(pick: (outcome: Outcome) => Value): Value[] => outcomes.map(pick);
  return sql`
    update notices.delivery d
    set state = o.state, cause = o.cause, reply_code = o.reply_code, due_at = o.due_at,
      attempts = d.attempts - o.uncounted, changed_at = ${new Date(nowMs)}
    from unnest(
      ${column((outcome) => outcome.ordinal)}::integer[],
      ${column((outcome) => outcome.state)}::notices.delivery_state[],
      ${column((outcome) => outcome.cause)}::notices.delivery_cause[],
      ${column((outcome) => outcome.replyCode)}::smallint[],
      ${column((outcome) => (outcome.dueMs === null ? null : new Date(outcome.dueMs).toISOString()))}::timestamptz[],
      ${column((outcome) => (outcome.counted ? 0 : 1))}::smallint[]
    ) as o(ordinal, state, cause, reply_code, due_at, uncounted)
    where d.notice_no = ${noticeNo} and d.ordinal = o.ordinal and d.sender_no = ${senderNo}
      and d.state in ('sending', 'unknown')
  `;
}
