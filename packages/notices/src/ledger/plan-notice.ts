import { sql, type QueryExecutorProvider } from "kysely";
import type { Audience } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import type { NoticeToPlan } from "./delivery-ledger.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";

/** Rows of one insert. */
const chunkRows = 20_000;

/** Returns the notice's number. Step by step, each step idempotent, so that a second run after a crash ends where the first would have. */
export async function planNotice(
  db: LedgerDatabase,
  notice: NoticeToPlan,
  clock: () => number,
): Promise<number> {
  // 1. The notice itself: the first one to come writes it, later ones must bring the same manifest.
  await sql`
    insert into notices.notice (incident_id, edition, manifest_digest, salt, unreachable, created_at)
    values (${notice.incidentId}, ${notice.edition}, ${notice.manifestDigest}, ${Buffer.from(notice.salt)},
      ${[...notice.unreachable]}::text[], ${new Date(clock())})
    on conflict (incident_id, edition) do nothing
  `.execute(db);
  const found = await sql<{ notice_no: number; manifest_digest: string; planned: boolean }>`
    select notice_no, manifest_digest, planned_at is not null as planned
    from notices.notice where incident_id = ${notice.incidentId} and edition = ${notice.edition}
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
    // 2. INVARIANT: the affected come first, so that nobody among them can be planned as `general`.
    await insertChunked(db, noticeNo, "affected", [notice.affected]);
    // 3. Everybody else.
    await insertChunked(db, noticeNo, "general", notice.general);
    // 4. Without figures of the new rows PostgreSQL would read the whole table for each batch.
    await sql`analyze notices.delivery`.execute(db);
    // 5. Only now may a sender begin.
    await sql`update notices.notice set planned_at = ${new Date(clock())} where notice_no = ${noticeNo} and planned_at is null`.execute(
      db,
    );
  }
  return noticeNo;
}

async function insertChunked(
  db: QueryExecutorProvider,
  noticeNo: number,
  audience: Audience,
  batches: Iterable<Iterable<number>> | AsyncIterable<Iterable<number>>,
): Promise<void> {
  let chunk: number[] = [];
  for await (const batch of batches) {
    for (const ordinal of batch) {
      chunk.push(ordinal);
      if (chunk.length < chunkRows) continue;
      await insert(db, noticeNo, audience, chunk);
      chunk = [];
    }
  }
  if (chunk.length > 0) await insert(db, noticeNo, audience, chunk);
}

async function insert(
  db: QueryExecutorProvider,
  noticeNo: number,
  audience: Audience,
  ordinals: readonly number[],
): Promise<void> {
  await sql`
    insert into notices.delivery (notice_no, ordinal, audience)
    select ${noticeNo}::integer, ordinal, ${audience}::notices.audience
    from unnest(${`{${ordinals.join(",")}}`}::integer[]) as ordinal
    on conflict (notice_no, ordinal) do nothing
  `.execute(db);
}
