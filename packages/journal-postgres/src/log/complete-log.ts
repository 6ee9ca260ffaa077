import { openCheckpoint, sameBytes } from "@cordon/transparency";
import type pg from "pg";
import { JournalError } from "../errors.ts";
import { entryColumns, rowEntryBytes, type EntryRow } from "./event-row.ts";
import { markPublished, type Head } from "./head.ts";
import { growLog, type GrownLog, type LogState } from "./log-state.ts";
import { publishAll, type SignedGrowth } from "./publish.ts";
import type { HomeLog } from "./settle.ts";

/** Checkpoints that are brought to the files at a time. */
const checkpointsAtOnce = 64;

interface KeptRow {
  readonly size: string;
  readonly note: Buffer;
}

/**
 * Grows the files from `state` to the database's head, through every checkpoint that was signed on the way, so that each is kept
 * here as in the home that signed it. Throws ERR_JOURNAL_TAMPERED when the events do not lead to what was signed.
 */
export async function completeLog(given: {
  readonly client: pg.ClientBase;
  readonly home: HomeLog;
  readonly head: Head;
  readonly state: LogState;
}): Promise<LogState> {
  const { client, home, head } = given;
  let { state } = given;
  if (head.checkpoint === null) throw uncovered(state.tree.size);
  while (state.tree.size < head.size) {
    const from = state.tree.size;
    const { rows: kept } = await client.query<KeptRow>(
      `select size, note from journal.checkpoint where size > $1 and size < $2 order by size limit $3`,
      [from, head.size, checkpointsAtOnce],
    );
    const notes = kept.map(({ size, note }): { size: number; note: Uint8Array } => ({
      size: Number(size),
      note,
    }));
    if (notes.length < checkpointsAtOnce) notes.push({ size: head.size, note: head.checkpoint });
    const to = notes.at(-1)?.size ?? head.size;
    const { rows } = await client.query<EntryRow>(
      `select ${entryColumns} from journal.event where seq >= $1 and seq < $2 order by seq`,
      [from, to],
    );
    const growth: SignedGrowth[] = [];
    for (const { size, note } of notes) {
      const own = rows.slice(state.tree.size - from, size - from);
      const grown = growLog(state, own.map(rowEntryBytes));
      checkSigned({ home, grown, size, note });
      growth.push({ grown, checkpoint: note });
      state = grown.state;
    }
    await publishAll(home.log, growth);
  }
  await markPublished(client, head.size, home.homeId);
  return state;
}

function checkSigned(given: {
  readonly home: HomeLog;
  readonly grown: GrownLog;
  readonly size: number;
  readonly note: Uint8Array;
}): void {
  const { home, grown, size, note } = given;
  const { tree } = grown.state;
  const signed = openCheckpoint(note, home.key);
  if (signed.size !== size || tree.size !== size || !sameBytes(signed.root, tree.root()))
    throw uncovered(size);
}

function uncovered(size: number): JournalError {
  return new JournalError(
    "ERR_JOURNAL_TAMPERED",
    `the events up to ${size} are not those that the database's checkpoint covers`,
    { hint: "`cordon journal verify` says what was changed" },
  );
}
