import { sql, type QueryExecutorProvider } from "kysely";
import type { LedgerDatabase } from "./migrate-notices.ts";
import { PackedBlock, peoplePerBlock } from "./packed-block.ts";
import { inSnapshot } from "./snapshot.ts";

const pageBlocks = 128;

/** People whom a text reached: `got` for certain as far as the server said, `mayHave` when its fate is not known. */
export type WhoGot = { readonly got: readonly number[]; readonly mayHave: readonly number[] };

export type StatementSet = { readonly setNo: number; readonly digest: string };

export async function readStatementSets(
  db: QueryExecutorProvider,
  noticeNo: number,
): Promise<readonly StatementSet[]> {
  const found = await sql<{ set_no: number; digest: string }>`
    select set_no::integer, digest from notices.statement_set where notice_no = ${noticeNo} order by set_no
  `.execute(db);
  return found.rows.map((row) => ({ setNo: row.set_no, digest: row.digest }));
}

/**
 * Ordinals, ascending, in pages of one instant, of everybody to whom a text of one of these digests went: those to whom a
 * correction is owed. Whoever it failed for or bounced from is not among them.
 */
export async function* readWhoGot(
  db: LedgerDatabase,
  noticeNo: number,
  digests: readonly string[],
): AsyncGenerator<WhoGot> {
  yield* inSnapshot(db, (snapshot) => pages(snapshot, noticeNo, new Set(digests)));
}

async function* pages(
  db: QueryExecutorProvider,
  noticeNo: number,
  digests: ReadonlySet<string>,
): AsyncGenerator<WhoGot> {
  const sets = await readStatementSets(db, noticeNo);
  const wanted = new Set(sets.filter(({ digest }) => digests.has(digest)).map(({ setNo }) => setNo));
  if (wanted.size === 0) return;
  for (let after = -1; ;) {
    const found = await sql<{ block_no: number; states: Buffer }>`
      select block_no, states from notices.block where notice_no = ${noticeNo} and block_no > ${after}
      order by block_no limit ${pageBlocks}
    `.execute(db);
    const got: number[] = [];
    const mayHave: number[] = [];
    for (const { block_no: blockNo, states } of found.rows) {
      const packed = new PackedBlock(states);
      for (let index = 0; index < peoplePerBlock; index++) {
        if (!wanted.has(packed.statementSet(index))) continue;
        const state = packed.state(index);
        const ordinal = blockNo * peoplePerBlock + index;
        if (state === "handed_over" || state === "confirmed") got.push(ordinal);
        else if (state === "unknown" || state === "leased") mayHave.push(ordinal);
      }
      after = blockNo;
    }
    yield { got, mayHave };
    if (found.rows.length < pageBlocks) return;
  }
}
