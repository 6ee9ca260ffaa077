import { sql, type QueryExecutorProvider } from "kysely";
import type { DeliveryCause } from "./delivery-state.ts";
import { PackedBlock } from "./packed-block.ts";
import { writeBlocks, type Detail } from "./write-blocks.ts";

/** What somebody who is not sending changes in a block: details to note and to forget; null for no change at all. */
type BlockEdit = {
  readonly details: readonly Detail[];
  readonly cleared: readonly number[];
  /** Takes the block from its sender, who is dead. */
  readonly release?: boolean;
} | null;

export type BlockRow = {
  readonly block_no: number;
  readonly version: number;
  readonly sender_no: number | null;
  readonly due_ms: string | null;
  readonly states: Buffer;
};

export type DetailRow = {
  readonly ordinal: number;
  readonly attempts: number;
  readonly cause: DeliveryCause | null;
  readonly reply_code: number | null;
  readonly status: string | null;
  readonly sender_no: number | null;
  readonly due_ms: string | null;
  readonly changed_ms: string;
};

/** How often a block is read anew because a sender wrote it meanwhile. */
const editsMax = 1000;

/** The columns of BlockRow. */
export const blockColumns = sql`block_no, version, sender_no, states, ceil(extract(epoch from due_at) * 1000)::bigint::text as due_ms`;

/** What the details of a stretch of ordinals are, from one inclusive to the other exclusive. */
export async function readDetails(
  db: QueryExecutorProvider,
  noticeNo: number,
  from: number,
  below: number,
): Promise<readonly DetailRow[]> {
  const found = await sql<DetailRow>`
    select ordinal, attempts::integer, cause, reply_code::integer, status, sender_no,
      ceil(extract(epoch from due_at) * 1000)::bigint::text as due_ms,
      floor(extract(epoch from changed_at) * 1000)::bigint::text as changed_ms
    from notices.detail where notice_no = ${noticeNo} and ordinal >= ${from} and ordinal < ${below} order by ordinal
  `.execute(db);
  return found.rows;
}

/**
 * Changes one block beside its sender: reads, edits and writes it over the version that was read, again until nobody came
 * between. `edit` may run several times. Does nothing for a block that is not there.
 */
export async function editBlock(
  db: QueryExecutorProvider,
  at: { readonly noticeNo: number; readonly blockNo: number; readonly nowMs: number },
  edit: (packed: PackedBlock, row: BlockRow) => BlockEdit | Promise<BlockEdit>,
): Promise<void> {
  const { noticeNo, blockNo, nowMs } = at;
  for (let n = 0; n < editsMax; n++) {
    const found = await sql<BlockRow>`
      select ${blockColumns} from notices.block where notice_no = ${noticeNo} and block_no = ${blockNo}
    `.execute(db);
    const [row] = found.rows;
    if (row === undefined) return;
    const packed = new PackedBlock(Buffer.from(row.states));
    const changed = await edit(packed, row);
    if (changed === null) return;
    const written = await writeBlocks(db, {
      noticeNo,
      blocks: [
        {
          blockNo,
          version: row.version,
          packed,
          // A new look decides when somebody in it is due.
          dueMs: null,
          senderNo: changed.release === true ? null : row.sender_no,
        },
      ],
      details: changed.details,
      cleared: changed.cleared,
      unlessStopped: false,
      nowMs,
    });
    if (written.size === 1) return;
  }
  throw new TypeError(`a block that changes faster than it can be read`);
}
