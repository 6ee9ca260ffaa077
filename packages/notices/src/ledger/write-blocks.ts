import { sql, type QueryExecutorProvider } from "kysely";
import type { DeliveryCause } from "./delivery-state.ts";
import type { PackedBlock } from "./packed-block.ts";

/** What one person's fate has to tell beyond its state. */
export type Detail = {
  readonly ordinal: number;
  readonly attempts: number;
  readonly cause: DeliveryCause | null;
  readonly replyCode: number | null;
  readonly status: string | null;
  readonly dueMs: number | null;
  readonly senderNo: number | null;
};

export type BlockWrite = {
  readonly blockNo: number;
  /** The version that was read. */
  readonly version: number;
  readonly packed: PackedBlock;
  /** Null: somebody in it can be sent to at once, or nobody is planned. */
  readonly dueMs: number | null;
  /** Who goes on working on it. */
  readonly senderNo: number | null;
};

type BlocksWrite = {
  readonly noticeNo: number;
  readonly blocks: readonly BlockWrite[];
  readonly details: readonly Detail[];
  /** Ordinals that have nothing more to tell. */
  readonly cleared: readonly number[];
  /** Nothing at all is written while the notice is stopped: there are leases among the changes. */
  readonly unlessStopped: boolean;
  readonly nowMs: number;
};

/**
 * Writes blocks over the versions they were read as, with the details, in one commit. Returns the numbers of those that
 * were written: one that somebody changed meanwhile is left out, and the caller reads it again.
 */
export async function writeBlocks(db: QueryExecutorProvider, write: BlocksWrite): Promise<Set<number>> {
  const { noticeNo, blocks, details, cleared, unlessStopped, nowMs } = write;
  const now = new Date(nowMs);
  const summaries = blocks.map(({ packed }) => packed.summary());
  const written = await sql<{ block_no: number }>`
    with input as (
      select * from unnest(
        ${blocks.map(({ blockNo }) => blockNo)}::integer[], ${blocks.map(({ version }) => version)}::integer[],
        ${summaries.map(({ open }) => open)}::smallint[], ${summaries.map(({ affectedOpen }) => affectedOpen)}::smallint[],
        ${summaries.map(({ tally }) => `{${tally.join(",")}}`)}::text[],
        ${blocks.map(({ dueMs }) => instant(dueMs))}::timestamptz[], ${blocks.map(({ senderNo }) => senderNo)}::integer[]
      ) with ordinality as i(block_no, version, open, affected_open, tally, due_at, sender_no, n)
    ), written as (
      update notices.block b
      set version = b.version + 1, changed_at = ${now}, due_at = i.due_at, sender_no = i.sender_no, open = i.open,
        affected_open = i.affected_open, tally = i.tally::smallint[],
        states = substring(${Buffer.concat(blocks.map(({ packed }) => packed.bytes))}::bytea from ((i.n - 1) * 1024 + 1)::integer for 1024)
      from input i
      where b.notice_no = ${noticeNo} and b.block_no = i.block_no and b.version = i.version
        and (not ${unlessStopped}::boolean
          or exists (select from notices.notice where notice_no = ${noticeNo} and stopped_at is null))
      returning b.block_no
    )${details.length === 0 ? sql`` : noted(noticeNo, details, now)}${cleared.length === 0 ? sql`` : forgotten(noticeNo, cleared)}
    select block_no from written
  `.execute(db);
  return new Set(written.rows.map((row) => row.block_no));
}

// A detail goes with its block or not at all: who is left out is written again with the block.
function noted(noticeNo: number, details: readonly Detail[], now: Date): ReturnType<typeof sql> {
  return sql`, noted as (
      insert into notices.detail as d
        (notice_no, ordinal, attempts, reply_code, status, cause, due_at, sender_no, changed_at)
      select ${noticeNo}::integer, o.ordinal, o.attempts, o.reply_code, o.status, o.cause, o.due_at, o.sender_no, ${now}::timestamptz
      from unnest(
        ${details.map(({ ordinal }) => ordinal)}::integer[], ${details.map(({ attempts }) => attempts)}::smallint[],
        ${details.map(({ replyCode }) => replyCode)}::smallint[], ${details.map(({ status }) => status)}::text[],
        ${details.map(({ cause }) => cause)}::text[], ${details.map(({ dueMs }) => instant(dueMs))}::timestamptz[],
        ${details.map(({ senderNo }) => senderNo)}::integer[]
      ) as o(ordinal, attempts, reply_code, status, cause, due_at, sender_no)
      where o.ordinal / 512 in (select block_no from written)
      on conflict (notice_no, ordinal) do update
      set attempts = excluded.attempts, reply_code = excluded.reply_code, status = excluded.status, cause = excluded.cause,
        due_at = excluded.due_at, sender_no = excluded.sender_no, changed_at = excluded.changed_at
    )`;
}

function forgotten(noticeNo: number, cleared: readonly number[]): ReturnType<typeof sql> {
  return sql`, forgotten as (
      delete from notices.detail where notice_no = ${noticeNo} and ordinal = any(${`{${cleared.join(",")}}`}::integer[])
        and ordinal / 512 in (select block_no from written)
    )`;
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
