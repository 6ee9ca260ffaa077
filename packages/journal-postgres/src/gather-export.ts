import {
  decodeBase64,
  inclusionProof,
  parseEntry,
  parseEventText,
  type ExportContent,
  type ExportedEntry,
} from "@cordon/transparency";
import { JournalError } from "./errors.ts";
import { bundleCount, openLog, readBundle, tilesOf, type OpenLog } from "./prove-entry.ts";
import { showEntries, type ShownEntry, type ShowOptions } from "./show-entries.ts";

/** What the journal holds of an incident; answers, notices and the VERIS record come from elsewhere. */
export type GatheredExport = Omit<ExportContent, "answers" | "notices" | "veris">;

export interface GatherOptions extends Omit<ShowOptions, "seqs"> {
  /** The incident's stream. */
  readonly incident: string;
  readonly exportedAtMs: number;
  /** With every entry of the log, which shows that none of the incident's is left out. */
  readonly withLog: boolean;
}

/**
 * All entries of an incident with proofs against the log's newest checkpoint, their events and salts, and the erasures that
 * name those of them which are gone. Throws ERR_JOURNAL_ABSENT without a journal, a database or an entry of the incident, and
 * ERR_JOURNAL_TAMPERED for an event that is missing without an erasure.
 */
export async function gatherExport(options: GatherOptions): Promise<GatheredExport> {
  const { home, incident, exportedAtMs, withLog } = options;
  // All that follows is read against this one checkpoint, also when the log grows meanwhile.
  const log = await openLog(home);
  const logEntries = await readAll(log);
  const own = logEntries.flatMap((entry, seq) => (parseEntry(entry).stream === incident ? [seq] : []));
  if (own.length === 0) {
    throw new JournalError("ERR_JOURNAL_ABSENT", `the journal holds no entry of \`${incident}\``);
  }
  const shown = await showAll(options, own);
  const erasures = shown.flatMap(({ erasedBy }) => (erasedBy === null ? [] : [erasedBy]));
  for (const by of erasures) {
    if (by >= log.checkpoint.size) {
      throw new JournalError("ERR_JOURNAL_ABSENT", `entry ${by} was appended during the export`, {
        hint: "export again",
      });
    }
  }
  const besides = new Set(erasures).difference(new Set(own));
  const all = [...shown, ...(await showAll(options, [...besides]))];
  const entries = await Promise.all(all.map((one) => proven(one, log)));
  return {
    incident,
    exportedAtMs,
    logKey: log.key,
    checkpoint: log.checkpointBytes,
    entries: entries.toSorted((a, b) => parseEntry(a.entry).seq - parseEntry(b.entry).seq),
    logEntries: withLog ? logEntries : null,
  };
}

async function readAll(log: OpenLog): Promise<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (let bundle = 0; bundle < bundleCount(log); bundle++) entries.push(...(await readBundle(log, bundle)));
  return entries;
}

async function showAll(options: GatherOptions, seqs: readonly number[]): Promise<readonly ShownEntry[]> {
  const shown: ShownEntry[] = [];
  if (seqs.length === 0) return shown;
  for await (const entry of showEntries({ ...options, seqs })) shown.push(entry);
  return shown;
}

async function proven({ entry, salt, event, erasedBy }: ShownEntry, log: OpenLog): Promise<ExportedEntry> {
  const bytes = Buffer.from(entry, "utf8");
  const { seq } = parseEntry(bytes);
  const proof = await inclusionProof(seq, log.checkpoint.size, tilesOf(log));
  if (salt === null || event === null) {
    if (erasedBy !== null) return { entry: bytes, proof, opening: null };
    throw new JournalError("ERR_JOURNAL_TAMPERED", `the event of entry ${seq} is missing from the database`, {
      hint: "`cordon journal verify` says what was changed",
    });
  }
  const opened = { salt: decodeBase64(salt) ?? new Uint8Array(), event: parseEventText(event) };
  return { entry: bytes, proof, opening: opened };
}
