import { sql, type QueryExecutorProvider } from "kysely";
import type { Audience } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import type { NoticeToPlan } from "./delivery-ledger.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";
import { PackedBlock, peoplePerBlock } from "./packed-block.ts";

/** Blocks of one insert. */
const chunkBlocks = 256;

/** Returns the notice's number. Step by step, each step idempotent, so that a second run after a crash ends where the first would have. */
export async function planNotice(
  db: LedgerDatabase,
  notice: NoticeToPlan,
  clock: () => number,
): Promise<number> {
  const channel = notice.channel ?? "email";
  // 1. The notice itself: the first one to come writes it, later ones must bring the same manifest.
  await sql`
    insert into notices.notice (incident_id, edition, channel, manifest_digest, salt, unreachable, created_at)
    values (${notice.incidentId}, ${notice.edition}, ${channel}, ${notice.manifestDigest}, ${Buffer.from(notice.salt)},
      ${[...notice.unreachable]}::text[], ${new Date(clock())})
    on conflict (incident_id, edition, channel) do nothing
  `.execute(db);
  // A notice that is stopped is stopped in the channels to come, too.
  await sql`
    update notices.notice n set stopped_at = s.stopped_at, stop_reason = s.stop_reason, halted = s.halted
    from notices.notice s
    where n.incident_id = ${notice.incidentId} and n.edition = ${notice.edition} and n.channel = ${channel} and n.planned_at is null
      and s.incident_id = n.incident_id and s.edition = n.edition and s.stopped_at is not null and n.stopped_at is null
  `.execute(db);
  const found = await sql<{ notice_no: number; manifest_digest: string; planned: boolean }>`
    select notice_no, manifest_digest, planned_at is not null as planned
    from notices.notice where incident_id = ${notice.incidentId} and edition = ${notice.edition} and channel = ${channel}
  `.execute(db);
  const [row] = found.rows;
  if (row?.manifest_digest !== notice.manifestDigest) {
    throw new NoticeError(
      "ERR_NOTICE_CONFLICT",
      `edition ${notice.edition} of incident \`${notice.incidentId}\` is planned with another manifest`,
      { hint: "a correction is a new edition" },
    );
  }
  const noticeNo = row.notice_no;

  if (!row.planned) {
    // 2. INVARIANT: the affected come first, so that nobody among them can be planned as somebody else.
    await planAudience(db, noticeNo, "affected", [notice.affected], clock);
    // 3. Other audiences in the order given, then everybody else: who is planned stays as planned.
    for (const { audience, people } of notice.further ?? [])
      await planAudience(db, noticeNo, audience, people, clock);
    await planAudience(db, noticeNo, "general", notice.general, clock);
    // 4. Without figures of the new rows PostgreSQL would read the whole table for each batch.
    await sql`analyze notices.block`.execute(db);
    // 5. Only now may a sender begin.
    await sql`update notices.notice set planned_at = ${new Date(clock())} where notice_no = ${noticeNo} and planned_at is null`.execute(
      db,
    );
  }
  return noticeNo;
}

/** Collects people into blocks, which may come in any order and again. */
async function planAudience(
  db: LedgerDatabase,
  noticeNo: number,
  audience: Audience,
  batches: Iterable<Iterable<number>> | AsyncIterable<Iterable<number>>,
  clock: () => number,
): Promise<void> {
  const blocks = new Map<number, PackedBlock>();
  const flush = async () => {
    await mergeBlocks(db, noticeNo, blocks, new Date(clock()));
    blocks.clear();
  };
  for await (const batch of batches) {
    for (const ordinal of batch) {
      const blockNo = Math.floor(ordinal / peoplePerBlock);
      let block = blocks.get(blockNo);
      if (block === undefined) {
        if (blocks.size === chunkBlocks) await flush();
        block = new PackedBlock();
        blocks.set(blockNo, block);
      }
      block.plan(ordinal - blockNo * peoplePerBlock, audience);
    }
  }
  if (blocks.size > 0) await flush();
}

async function mergeBlocks(
  db: LedgerDatabase,
  noticeNo: number,
  blocks: ReadonlyMap<number, PackedBlock>,
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    // One planner of a notice at a time; a notice that is planned to the end belongs to its senders.
    const notice = await sql<{ planned: boolean }>`
      select planned_at is not null as planned from notices.notice where notice_no = ${noticeNo} for update
    `.execute(transaction);
    if (notice.rows[0]?.planned !== false) return;
    const known = await sql<{ block_no: number; states: Buffer }>`
      select block_no, states from notices.block
      where notice_no = ${noticeNo} and block_no = any(${`{${[...blocks.keys()].join(",")}}`}::integer[])
    `.execute(transaction);
    const planned = new Map(
      known.rows.map((row) => [row.block_no, new PackedBlock(Buffer.from(row.states))]),
    );
    for (const [blockNo, block] of blocks) {
      const earlier = planned.get(blockNo);
      if (earlier === undefined) continue;
      for (let index = 0; index < peoplePerBlock; index++)
        if (earlier.state(index) !== null) block.setCell(index, earlier.cell(index));
    }
    await insertBlocks(transaction, noticeNo, blocks, now);
  });
}

async function insertBlocks(
  db: QueryExecutorProvider,
  noticeNo: number,
  blocks: ReadonlyMap<number, PackedBlock>,
  now: Date,
): Promise<void> {
  const all = [...blocks];
  const summaries = all.map(([, block]) => block.summary());
  await sql`
    insert into notices.block as b (notice_no, block_no, changed_at, open, affected_open, tally, states)
    select ${noticeNo}::integer, i.block_no, ${now}::timestamptz, i.open, i.affected_open, i.tally::smallint[],
      substring(${Buffer.concat(all.map(([, block]) => block.bytes))}::bytea from ((i.n - 1) * 1024 + 1)::integer for 1024)
    from unnest(
      ${all.map(([blockNo]) => blockNo)}::integer[], ${summaries.map(({ open }) => open)}::smallint[],
      ${summaries.map(({ affectedOpen }) => affectedOpen)}::smallint[],
      ${summaries.map(({ tally }) => `{${tally.join(",")}}`)}::text[]
    ) with ordinality as i(block_no, open, affected_open, tally, n)
    on conflict (notice_no, block_no) do update
    set open = excluded.open, affected_open = excluded.affected_open, tally = excluded.tally, states = excluded.states,
      version = b.version + 1
  `.execute(db);
}
