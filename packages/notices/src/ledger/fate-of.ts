import { sql, type QueryExecutorProvider } from "kysely";
import type { Audience } from "../facts/notice-facts.ts";
import type { DeliveryState } from "./delivery-state.ts";
import { PackedBlock, peoplePerBlock } from "./packed-block.ts";

export type Fate = { readonly audience: Audience; readonly state: DeliveryState };

/** What has become of one person's message; null for somebody whom the mailing does not plan. */
export async function readFate(
  db: QueryExecutorProvider,
  noticeNo: number,
  ordinal: number,
): Promise<Fate | null> {
  const found = await sql<{ states: Buffer }>`
    select states from notices.block
    where notice_no = ${noticeNo} and block_no = ${Math.floor(ordinal / peoplePerBlock)}
  `.execute(db);
  const [row] = found.rows;
  if (row === undefined) return null;
  const block = new PackedBlock(row.states);
  const state = block.state(ordinal % peoplePerBlock);
  const audience = block.audience(ordinal % peoplePerBlock);
  return state === null || audience === null ? null : { audience, state };
}
