import path from "node:path";
import { encodeBase64, tileWidth } from "@cordon/transparency";
import { openExisting } from "./verify/verify-journal.ts";
import { bundleCount, checkHeld, openLog, readBundle, type OpenLog } from "./prove-entry.ts";
import { eventColumns, type EventRow } from "./log/event-row.ts";
import type { Database } from "./database/database.ts";

/** An entry with what opens its commitment. */
export interface ShownEntry {
  /** The entry's canonical JSON, as it stands in the log. */
  readonly entry: string;
  /** Base64 of the salt; null once erased. */
  readonly salt: string | null;
  /** The event's canonical JSON; null once erased. */
  readonly event: string | null;
  /** seq of the entry that says it was erased; null while it stands. */
  readonly erasedBy: number | null;
}

export interface ShowOptions {
  readonly home: string;
  readonly databaseUrl: string | null;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly seqs: readonly number[] | "all";
}

/** Rows to hold at once. */
const pageRows = 32;

/**
 * The entries asked for, in that order. All seqs are checked first. Throws ERR_JOURNAL_ABSENT for a seq that the log
 * does not hold, and without a journal or database.
 */
export async function* showEntries(options: ShowOptions): AsyncGenerator<ShownEntry> {
  const home = path.resolve(options.home);
  const log = await openLog(home);
  if (options.seqs !== "all") for (const seq of options.seqs) checkHeld(seq, log);
  const database = await openExisting({ ...options, home });
  try {
    if (options.seqs === "all") {
      for (let bundle = 0; bundle < bundleCount(log); bundle++)
        yield* showBundle(database, log, bundle, null);
    } else {
      for (const seq of options.seqs) yield* showBundle(database, log, Math.floor(seq / tileWidth), seq);
    }
  } finally {
    await database.close("when-started");
  }
}

/** One entry of a bundle, or all of them (`only` null). */
async function* showBundle(
  database: Database,
  log: OpenLog,
  bundle: number,
  only: number | null,
): AsyncGenerator<ShownEntry> {
  const entries = await readBundle(log, bundle);
  const first = bundle * tileWidth;
  const from = only ?? first;
  const to = only === null ? first + entries.length : only + 1;
  for (let start = from; start < to; start += pageRows) {
    const end = Math.min(start + pageRows, to);
    const { rows } = await database.pool.query<EventRow>(
      `select ${eventColumns} from journal.event where seq >= $1 and seq < $2`,
      [start, end],
    );
    const bySeq = new Map(rows.map((row) => [Number(row.seq), row]));
    for (let seq = start; seq < end; seq++) {
      const { salt = null, event = null, erased_by: erasedBy = null } = bySeq.get(seq) ?? {};
      yield {
        entry: Buffer.from(entries[seq - first] ?? []).toString("utf8"),
        salt: salt === null ? null : encodeBase64(salt),
        event,
        erasedBy: erasedBy === null ? null : Number(erasedBy),
      };
    }
  }
}
