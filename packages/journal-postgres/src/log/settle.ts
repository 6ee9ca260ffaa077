import { openCheckpoint, sameBytes, tilePath, fullTiles, type VerifierKey } from "@cordon/transparency";
import type pg from "pg";
import { JournalError } from "../errors.ts";
import { eventColumns, rowEntryBytes, type EventRow } from "./event-row.ts";
import { markPublished, readHead, type Head } from "./head.ts";
import type { LogFolder } from "./log-folder.ts";
import { emptyState, growLog, loadState, type LogState } from "./log-state.ts";
import { checkpointFile, publish } from "./publish.ts";

function tampered(what: string): JournalError {
  return new JournalError("ERR_JOURNAL_TAMPERED", what, {
    hint: "`cordon journal verify` says what was changed",
  });
}

/** What a writer left behind in the files, as it remembers. */
export interface KnownLog {
  readonly state: LogState;
  readonly checkpoint: Uint8Array;
}

export interface SettledLog {
  readonly head: Head;
  readonly state: LogState;
}

/**
 * The state of the log after whatever a crash left undone is done: the database commits first, so events that it holds
 * under a signed checkpoint which the files lack get their tiles and checkpoint now. The caller is the log's writer.
 * Throws ERR_JOURNAL_TAMPERED for what no crash can have left. `known` spares reading the
 * files when nobody has written since; null when nothing is known.
 */
export async function settle(
  client: pg.ClientBase,
  log: LogFolder,
  key: VerifierKey,
  known: KnownLog | null,
): Promise<SettledLog> {
  const head = await readHead(client);
  if (head === null) throw tampered("the database holds no journal");
  if (head.vkey !== key.line)
    throw tampered(`the database holds the log of another key than \`${key.name}\``);
  if (known !== null && head.published === head.size && head.checkpoint !== null) {
    if (sameBytes(head.checkpoint, known.checkpoint)) return { head, state: known.state };
  }
  const bytes = await log.read(checkpointFile);
  const shown = bytes === null ? null : openCheckpoint(bytes, key);
  const size = shown?.size ?? 0;
  if (size > head.size) {
    throw tampered(
      `the database holds ${head.size} entries, its checkpoint ${size}: the database was rolled back`,
    );
  }
  if (size < head.published) {
    throw tampered(
      `the checkpoint holds ${size} entries, after ${head.published} were published: it was rolled back`,
    );
  }
  const { rowCount } = await client.query("select from journal.event where seq >= $1 or seq < 0 limit 1", [
    head.size,
  ]);
  if (rowCount !== 0)
    throw tampered(`the database holds an event that no checkpoint covers, from ${head.size} on`);
  const state = shown === null ? emptyState : await loadState(log, size, shown.root);
  if (size < head.size) return { head, state: await complete({ client, log, key, head, state }) };
  if (head.checkpoint !== null && (bytes === null || !sameBytes(bytes, head.checkpoint))) {
    throw tampered("the checkpoint differs from the one in the database");
  }
  if (head.published < head.size) await tidy(client, log, head);
  return { head, state };
}

async function complete(given: {
  readonly client: pg.ClientBase;
  readonly log: LogFolder;
  readonly key: VerifierKey;
  readonly head: Head;
  readonly state: LogState;
}): Promise<LogState> {
  const { client, log, key, head, state } = given;
  const { rows } = await client.query<EventRow>(
    `select ${eventColumns} from journal.event where seq >= $1 order by seq`,
    [state.tree.size],
  );
  const grown = growLog(state, rows.map(rowEntryBytes));
  const signed = head.checkpoint === null ? null : openCheckpoint(head.checkpoint, key);
  if (
    head.checkpoint === null ||
    signed?.size !== grown.state.tree.size ||
    signed.size !== head.size ||
    !sameBytes(signed.root, grown.state.tree.root())
  ) {
    throw tampered(`events from ${state.tree.size} on are not those that the database's checkpoint covers`);
  }
  await publish(log, grown, head.checkpoint);
  await markPublished(client, head.size);
  return grown.state;
}

/** The crash came after `checkpoint`: incomplete tiles beside full ones may be left. */
async function tidy(client: pg.ClientBase, log: LogFolder, head: Head): Promise<void> {
  for (let level = 0; fullTiles(level, head.size) > 0; level++) {
    for (let index = fullTiles(level, head.published); index < fullTiles(level, head.size); index++) {
      await log.remove(`${tilePath(level, index)}.p`);
      if (level === 0) await log.remove(`${tilePath("entries", index)}.p`);
    }
  }
  await markPublished(client, head.size);
}
