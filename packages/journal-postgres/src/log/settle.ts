import { openCheckpoint, sameBytes, tilePath, fullTiles, type VerifierKey } from "@cordon/transparency";
import type pg from "pg";
import { JournalError } from "../errors.ts";
import { completeLog } from "./complete-log.ts";
import { markPublished, readHead, type Head } from "./head.ts";
import type { LogFolder } from "./log-folder.ts";
import { emptyState, loadState, type LogState } from "./log-state.ts";
import { checkpointFile } from "./publish.ts";

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

/** The log of one home. */
export interface HomeLog {
  readonly log: LogFolder;
  readonly key: VerifierKey;
  /** As in HOME/server.id; null where it has none. */
  readonly homeId: string | null;
  /** Whether a home without any checkpoint may be given the whole log: true for a server that joins others. */
  readonly mayBegin: boolean;
}

/**
 * The state of the log after whatever a crash, or a server with another home, left undone here is done: the database commits
 * first, so events that it holds under a signed checkpoint which the files lack get their tiles and checkpoint now. The caller is the
 * log's writer. Throws ERR_JOURNAL_TAMPERED for what neither can have left. `known` spares reading the files when nobody has
 * written since; null when nothing is known.
 */
export async function settle(
  client: pg.ClientBase,
  home: HomeLog,
  known: KnownLog | null,
): Promise<SettledLog> {
  const { log, key, homeId } = home;
  const head = await readHead(client, homeId);
  if (head === null) throw tampered("the database holds no journal");
  if (head.vkey !== key.line)
    throw tampered(`the database holds the log of another key than \`${key.name}\``);
  if (known !== null && head.published === head.size && head.checkpoint !== null) {
    if (sameBytes(head.checkpoint, known.checkpoint)) return { head, state: known.state };
  }
  const bytes = await log.read(checkpointFile);
  const shown = bytes === null ? null : openCheckpoint(bytes, key);
  const size = shown?.size ?? 0;
  // INVARIANT: a home's files never go back. What a home that the database does not know must show is what any home has shown.
  const published = head.homePublished ?? (home.mayBegin && shown === null ? 0 : head.published);
  if (size > head.size) {
    throw tampered(
      `the database holds ${head.size} entries, its checkpoint ${size}: the database was rolled back`,
    );
  }
  if (size < published) {
    throw tampered(
      `the checkpoint holds ${size} entries, after ${published} were published: it was rolled back`,
    );
  }
  const { rowCount } = await client.query("select from journal.event where seq >= $1 or seq < 0 limit 1", [
    head.size,
  ]);
  if (rowCount !== 0)
    throw tampered(`the database holds an event that no checkpoint covers, from ${head.size} on`);
  const state = shown === null ? emptyState : await loadState(log, size, shown.root);
  if (size < head.size) return { head, state: await completeLog({ client, home, head, state }) };
  if (head.checkpoint !== null && (bytes === null || !sameBytes(bytes, head.checkpoint))) {
    throw tampered("the checkpoint differs from the one in the database");
  }
  if (head.published < head.size || (head.homePublished ?? -1) < head.size) {
    await tidy(client, home, { size: head.size, published });
  }
  return { head, state };
}

/** The crash came after `checkpoint`: incomplete tiles beside full ones may be left. */
async function tidy(
  client: pg.ClientBase,
  { log, homeId }: HomeLog,
  { size, published }: { readonly size: number; readonly published: number },
): Promise<void> {
  for (let level = 0; fullTiles(level, size) > 0; level++) {
    for (let index = fullTiles(level, published); index < fullTiles(level, size); index++) {
      await log.remove(`${tilePath(level, index)}.p`);
      if (level === 0) await log.remove(`${tilePath("entries", index)}.p`);
    }
  }
  await markPublished(client, size, homeId);
}
