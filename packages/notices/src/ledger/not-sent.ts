import { sql, type QueryExecutorProvider } from "kysely";
import { isSent, type NotSent } from "./delivery-state.ts";
import { readDetails, type DetailRow } from "./edit-block.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";
import { PackedBlock, peoplePerBlock } from "./packed-block.ts";
import { inSnapshot } from "./snapshot.ts";

const pageBlocks = 128;

type Row = { readonly block_no: number; readonly states: Buffer; readonly changed_ms: string };

/**
 * First the people whom the directory lacks, then everybody who was not sent to for certain, by ordinal, over `after` (null:
 * all): as it is at one instant, however long reading takes.
 */
export async function* readNotSent(
  db: LedgerDatabase,
  noticeNo: number,
  after: number | null = null,
): AsyncGenerator<NotSent> {
  for await (const page of inSnapshot(db, (snapshot) => pages(snapshot, noticeNo, after))) yield* page;
}

async function* pages(
  db: QueryExecutorProvider,
  noticeNo: number,
  after: number | null,
): AsyncGenerator<readonly NotSent[]> {
  if (after === null) yield await unreachable(db, noticeNo);
  let blockNo = after === null ? -1 : Math.floor(after / peoplePerBlock) - 1;
  for (;;) {
    // Blocks of which nobody is left to list are not read: their low bytes are all 3 or 4 (handed over, confirmed) modulo 8.
    const found = await sql<Row>`
      select block_no, states, floor(extract(epoch from changed_at) * 1000)::bigint::text as changed_ms
      from notices.block b
      where notice_no = ${noticeNo} and block_no > ${blockNo}
        and exists (select from generate_series(1, cardinality(tally), 2) i where tally[i] & 7 not in (3, 4))
      order by block_no limit ${pageBlocks}
    `.execute(db);
    const last = found.rows.at(-1);
    if (last === undefined) return;
    const first = found.rows[0]?.block_no ?? 0;
    const details = await readDetails(
      db,
      noticeNo,
      first * peoplePerBlock,
      (last.block_no + 1) * peoplePerBlock,
    );
    const byOrdinal = new Map(details.map((detail) => [detail.ordinal, detail]));
    yield found.rows
      .flatMap((row) => listed(row, byOrdinal))
      .filter(({ ordinal }) => after === null || (ordinal !== null && ordinal > after));
    blockNo = last.block_no;
    if (found.rows.length < pageBlocks) return;
  }
}

function listed(row: Row, details: ReadonlyMap<number, DetailRow>): NotSent[] {
  const packed = new PackedBlock(row.states);
  const people: NotSent[] = [];
  for (let index = 0; index < peoplePerBlock; index++) {
    const state = packed.state(index);
    const audience = packed.audience(index);
    if (state === null || audience === null || isSent(state)) continue;
    const ordinal = row.block_no * peoplePerBlock + index;
    const detail = details.get(ordinal);
    const changed = detail?.changed_ms ?? (state === "planned" ? null : row.changed_ms);
    people.push({
      audience,
      ordinal,
      accountId: null,
      state,
      cause: detail?.cause ?? null,
      attempts: (detail?.attempts ?? 0) + (state === "leased" ? 1 : 0),
      replyCode: detail?.reply_code ?? null,
      status: detail?.status ?? null,
      changedAtMs: changed === null ? null : Number(changed),
    });
  }
  return people;
}

async function unreachable(db: QueryExecutorProvider, noticeNo: number): Promise<readonly NotSent[]> {
  const notice = await sql<{ account_id: string }>`
    select unnest(unreachable) as account_id from notices.notice where notice_no = ${noticeNo}
  `.execute(db);
  return notice.rows.map(({ account_id: accountId }) => ({
    audience: "affected",
    ordinal: null,
    accountId,
    state: "unreachable",
    cause: "no_contact",
    attempts: 0,
    replyCode: null,
    status: null,
    changedAtMs: null,
  }));
}
