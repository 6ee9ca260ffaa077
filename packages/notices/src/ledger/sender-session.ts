import { sql, type QueryExecutorProvider, type QueryResult, type RawBuilder } from "kysely";
import { NoticeError } from "../errors.ts";
import type { Audience } from "../facts/notice-facts.ts";
import { ClaimedBlock, type Outcome } from "./claimed-block.ts";
import { blockColumns, editBlock, readDetails, type BlockRow } from "./edit-block.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";
import { peoplePerBlock, statementSetsMax } from "./packed-block.ts";
import { writeBlocks, type Detail } from "./write-blocks.ts";

/** First key of the senders' advisory locks; the second is the sender's number. */
const senderLockClass = 0x436f7264;

export type Lease = { readonly ordinal: number; readonly statementSet: number };

type Remaining = {
  /** People planned or leased. */
  readonly open: number;
  /** Of the affected of this notice, in this channel and by e-mail. */
  readonly affectedOpen: number;
  /** When the first block that nobody works on is due; null when one is due at once or none waits. */
  readonly nextDueMs: number | null;
  /** Blocks with somebody planned or leased that nobody works on. */
  readonly unclaimed: number;
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
  readonly #sets = new Map<string, number>();

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

  /** For what a sender asks besides (rates): the connection that holds the lock. */
  get connection(): QueryExecutorProvider {
    return this.#connection;
  }

  /** The orderly end. INVARIANT: nothing of this sender is leased and no block is its own any more. */
  async end(nowMs: number): Promise<void> {
    await this.#run(sql`
      with ended as (
        update notices.sender set ended_at = ${new Date(nowMs)} where sender_no = ${this.senderNo} returning sender_no
      )
      select pg_advisory_unlock(${senderLockClass}::integer, sender_no) from ended
    `);
  }

  /** Lets go of the lock without an orderly end: the next sender finds what is left. */
  async abandon(): Promise<void> {
    // When the connection is gone, so is the lock: there is nothing left to let go of.
    await this.#run(
      sql`select pg_advisory_unlock(${senderLockClass}::integer, ${this.senderNo}::integer)`,
    ).catch(() => undefined);
  }

  /**
   * Takes the blocks of dead senders from them: whoever was leased becomes `unknown`, for the bytes may have gone out.
   * Returns how many blocks.
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
      const held = await this.#run(sql<{ block_no: number }>`
        select block_no from notices.block where notice_no = ${this.#noticeNo} and sender_no = ${dead}
      `);
      for (const { block_no: blockNo } of held.rows) await this.#takeFromDead(blockNo, dead, nowMs);
      recovered += held.rows.length;
      await this.#run(sql`
        with ended as (
          update notices.sender set ended_at = ${new Date(nowMs)} where sender_no = ${dead} returning sender_no
        )
        select pg_advisory_unlock(${senderLockClass}::integer, sender_no) from ended
      `);
    }
    return recovered;
  }

  async #takeFromDead(blockNo: number, dead: number, nowMs: number): Promise<void> {
    const from = blockNo * peoplePerBlock;
    const at = { noticeNo: this.#noticeNo, blockNo, nowMs };
    await editBlock(this.#connection, at, async (packed, row) => {
      if (row.sender_no !== dead) return null;
      const known = await readDetails(this.#connection, this.#noticeNo, from, from + peoplePerBlock);
      const attempts = new Map(known.map((detail) => [detail.ordinal, detail.attempts]));
      const details: Detail[] = [];
      for (let index = 0; index < peoplePerBlock; index++) {
        if (packed.state(index) !== "leased") continue;
        packed.setState(index, "unknown");
        const ordinal = from + index;
        details.push({
          ordinal,
          attempts: (attempts.get(ordinal) ?? 0) + 1,
          cause: "worker_lost",
          replyCode: null,
          status: null,
          dueMs: null,
          senderNo: dead,
        });
      }
      return { details, cleared: [], release: true };
    });
  }

  /** Takes up to `limit` blocks over `after` with somebody to send to now, in order. Nobody is leased by that. */
  async claim(
    only: Audience | null,
    after: number,
    limit: number,
    nowMs: number,
  ): Promise<readonly ClaimedBlock[]> {
    const waiting = only === "affected" ? sql`affected_open > 0` : sql`open > 0`;
    const claimed = await this.#run(sql<BlockRow>`
      with free as (
        select block_no as free_no from notices.block
        where notice_no = ${this.#noticeNo} and block_no > ${after} and sender_no is null and ${waiting}
          and (due_at is null or due_at <= ${new Date(nowMs)})
        order by block_no limit ${limit} for update skip locked
      )
      update notices.block b set sender_no = ${this.senderNo}, version = version + 1
      from free where b.notice_no = ${this.#noticeNo} and b.block_no = free.free_no
      returning ${blockColumns}
    `);
    const rows = claimed.rows.toSorted((a, b) => a.block_no - b.block_no);
    const first = rows[0]?.block_no;
    const last = rows.at(-1)?.block_no;
    if (first === undefined || last === undefined) return [];
    const details = await readDetails(
      this.#connection,
      this.#noticeNo,
      first * peoplePerBlock,
      (last + 1) * peoplePerBlock,
    );
    const byBlock = Map.groupBy(details, ({ ordinal }) => Math.floor(ordinal / peoplePerBlock));
    return rows.map((row) => new ClaimedBlock(row, byBlock.get(row.block_no) ?? [], this.senderNo));
  }

  /**
   * Puts outcomes and leases of claimed blocks on record in one commit: once it resolves with the leases, they are durable
   * and their first byte may go out. Of a stopped notice nothing is leased: the leases are taken back, and none is returned.
   */
  async turn(
    blocks: readonly ClaimedBlock[],
    leases: readonly Lease[],
    given: ReadonlyMap<ClaimedBlock, { readonly dueMs: number | null }>,
    nowMs: number,
  ): Promise<readonly Lease[]> {
    const blockOf = new Map(blocks.map((block) => [block.blockNo, block]));
    const ownerOf = (lease: Lease) => blockOf.get(Math.floor(lease.ordinal / peoplePerBlock));
    for (const lease of leases) ownerOf(lease)?.lease(lease.ordinal, lease.statementSet);
    let standing = leases;
    let waiting = blocks.filter((block) => block.isChanged || given.has(block));
    while (waiting.length > 0) {
      const unlessStopped = standing.length > 0;
      const written = await this.guard(
        writeBlocks(this.#connection, {
          noticeNo: this.#noticeNo,
          blocks: waiting.map((block) => block.write(given.get(block) ?? null)),
          details: waiting.flatMap((block) => block.details()),
          cleared: waiting.flatMap((block) => block.cleared()),
          unlessStopped,
          nowMs,
        }),
      );
      for (const block of waiting) if (written.has(block.blockNo)) block.written();
      waiting = waiting.filter((block) => !written.has(block.blockNo));
      if (waiting.length === 0) break;
      if (unlessStopped && (await this.#isStopped())) {
        const kept = standing.filter((lease) => written.has(Math.floor(lease.ordinal / peoplePerBlock)));
        for (const lease of standing) if (!kept.includes(lease)) ownerOf(lease)?.unlease(lease.ordinal);
        standing = kept;
      }
      for (const block of waiting) await this.#reread(block);
    }
    return standing;
  }

  async #isStopped(): Promise<boolean> {
    const found = await this.#run(sql<{ stopped: boolean }>`
      select stopped_at is not null as stopped from notices.notice where notice_no = ${this.#noticeNo}
    `);
    return found.rows[0]?.stopped ?? true;
  }

  async #reread(block: ClaimedBlock): Promise<void> {
    const found = await this.#run(sql<BlockRow>`
      select ${blockColumns} from notices.block where notice_no = ${this.#noticeNo} and block_no = ${block.blockNo}
    `);
    const [row] = found.rows;
    if (row?.sender_no !== this.senderNo) {
      throw new NoticeError("ERR_NOTICE_LEDGER", "a block was taken from a sender that is alive");
    }
    block.reread(row);
  }

  /** The number of a text in this mailing, given the first time it is asked for. Throws ERR_NOTICE_LIMIT. */
  async statementSet(digest: string): Promise<number> {
    const known = this.#sets.get(digest);
    if (known !== undefined) return known;
    await this.#run(sql`
      insert into notices.statement_set (notice_no, set_no, digest)
      select ${this.#noticeNo}::integer, least(count(*) + 1, ${statementSetsMax})::smallint, ${digest}
      from notices.statement_set where notice_no = ${this.#noticeNo}
      on conflict do nothing
    `);
    const found = await this.#run(sql<{ set_no: number }>`
      select set_no::integer from notices.statement_set where notice_no = ${this.#noticeNo} and digest = ${digest}
    `);
    const number = found.rows[0]?.set_no;
    if (number === undefined) {
      // Another sender took the number, or all are taken.
      const taken = await this.#run(sql<{ sets: number }>`
        select count(*)::integer as sets from notices.statement_set where notice_no = ${this.#noticeNo}
      `);
      if ((taken.rows[0]?.sets ?? 0) < statementSetsMax) return this.statementSet(digest);
      throw new NoticeError(
        "ERR_NOTICE_LIMIT",
        `a notice has more than ${statementSetsMax} texts in one channel`,
      );
    }
    this.#sets.set(digest, number);
    return number;
  }

  async remaining(): Promise<Remaining> {
    const found = await this.#run(sql<{
      open: string;
      affected_open: string;
      unclaimed: string;
      due_now: string;
      next_due_ms: string | null;
    }>`
      select coalesce(sum(open), 0) as open, count(*) filter (where sender_no is null and open > 0) as unclaimed,
        count(*) filter (where sender_no is null and open > 0 and due_at is null) as due_now,
        ceil(extract(epoch from min(due_at) filter (where sender_no is null and open > 0)) * 1000)::bigint::text as next_due_ms,
        (select coalesce(sum(o.affected_open), 0) from notices.notice mine
          join notices.notice n on n.incident_id = mine.incident_id and n.edition = mine.edition
          join notices.block o on o.notice_no = n.notice_no
          where mine.notice_no = ${this.#noticeNo} and n.channel in (mine.channel, 'email') and o.affected_open > 0) as affected_open
      from notices.block where notice_no = ${this.#noticeNo}
    `);
    const [row] = found.rows;
    if (row === undefined) throw new TypeError("an aggregate without a row");
    return {
      open: Number(row.open),
      affectedOpen: Number(row.affected_open),
      unclaimed: Number(row.unclaimed),
      nextDueMs: Number(row.due_now) > 0 || row.next_due_ms === null ? null : Number(row.next_due_ms),
    };
  }

  async #run<Row>(query: RawBuilder<Row>): Promise<QueryResult<Row>> {
    return this.guard(query.execute(this.#connection));
  }

  /** What was asked over this session's connection. Throws `ERR_NOTICE_LEDGER` when that is lost. */
  async guard<Result>(asked: Promise<Result>): Promise<Result> {
    try {
      return await asked;
    } catch (error) {
      throw new NoticeError("ERR_NOTICE_LEDGER", "the ledger was lost in the middle of sending", {
        cause: error,
      });
    }
  }
}

/**
 * Records outcomes on any connection, after the sender's own one was lost. Somebody of this sender whom another one has called
 * `unknown` meanwhile takes the outcome too: it is what really happened.
 */
export async function recordLate(
  db: LedgerDatabase,
  noticeNo: number,
  senderNo: number,
  outcomes: readonly Outcome[],
  nowMs: number,
): Promise<void> {
  const byBlock = Map.groupBy(outcomes, ({ ordinal }) => Math.floor(ordinal / peoplePerBlock));
  for (const [blockNo, ours] of byBlock) {
    const from = blockNo * peoplePerBlock;
    await editBlock(db, { noticeNo, blockNo, nowMs }, async (packed, row) => {
      const known = new Map(
        (await readDetails(db, noticeNo, from, from + peoplePerBlock)).map((detail) => [
          detail.ordinal,
          detail,
        ]),
      );
      const details: Detail[] = [];
      const cleared: number[] = [];
      for (const { ordinal, state, cause, replyCode, status, dueMs, counted } of ours) {
        const detail = known.get(ordinal);
        const now = packed.state(ordinal - from);
        const isOurs =
          (row.sender_no === senderNo && (now === "leased" || now === "planned")) ||
          (now === "unknown" && detail?.cause === "worker_lost" && detail.sender_no === senderNo);
        if (!isOurs) continue;
        packed.setState(ordinal - from, state);
        const before = now === "unknown" ? (detail?.attempts ?? 1) - 1 : (detail?.attempts ?? 0);
        const attempts = before + (counted ? 1 : 0);
        if (cause === null && (state !== "planned" || attempts === 0)) cleared.push(ordinal);
        else details.push({ ordinal, attempts, cause, replyCode, status, dueMs, senderNo });
      }
      return details.length + cleared.length === 0 ? null : { details, cleared };
    });
  }
}
