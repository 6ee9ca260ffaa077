import { sql } from "kysely";
import { editBlock } from "./edit-block.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";
import { peoplePerBlock } from "./packed-block.ts";

/**
 * Plans everybody again whose fate is `unknown` (or only these): somebody chose that twice is better than perhaps not at
 * all. Returns the ordinals. The Message-ID stays what it was, so that a mailbox may fold the two together.
 */
export async function retryUnknown(
  db: LedgerDatabase,
  noticeNo: number,
  only: ReadonlySet<number> | null,
  nowMs: number,
): Promise<readonly number[]> {
  const found = await sql<{ block_no: number }>`
    select block_no from notices.block
    where notice_no = ${noticeNo}
      and exists (select from generate_series(1, cardinality(tally), 2) i where tally[i] & 7 = 7)
    order by block_no
  `.execute(db);
  const chosen: number[] = [];
  for (const { block_no: blockNo } of found.rows) {
    let here: number[] = [];
    await editBlock(db, { noticeNo, blockNo, nowMs }, (packed) => {
      here = [];
      for (let index = 0; index < peoplePerBlock; index++) {
        const ordinal = blockNo * peoplePerBlock + index;
        if (packed.state(index) !== "unknown" || (only !== null && !only.has(ordinal))) continue;
        packed.setState(index, "planned");
        here.push(ordinal);
      }
      // Their attempts begin anew.
      return here.length === 0 ? null : { details: [], cleared: here };
    });
    chosen.push(...here);
  }
  return chosen;
}
