import { encodeEntry, parseEventText, type JournalEntry } from "@cordon/transparency";
import type { RecordedEvent } from "../event.ts";

/** What of a row stands in the log. */
export interface EntryRow {
  readonly seq: string;
  readonly at_ms: string;
  readonly type: string;
  readonly stream: string;
  readonly commitment: Buffer;
}

export const entryColumns = "seq, at_ms, type, stream, commitment";

/** A row of journal.event as the driver gives it. */
export interface EventRow extends EntryRow {
  readonly version: string;
  readonly salt: Buffer | null;
  readonly event: string | null;
  readonly erased_by: string | null;
}

export const eventColumns = "seq, at_ms, type, stream, version, commitment, salt, event, erased_by";

function rowEntry(row: EntryRow): JournalEntry {
  return {
    seq: Number(row.seq),
    atMs: Number(row.at_ms),
    type: row.type,
    stream: row.stream,
    commitment: row.commitment,
  };
}

/** The bytes that stand in the log for a row. */
export function rowEntryBytes(row: EntryRow): Uint8Array {
  return encodeEntry(rowEntry(row));
}

export function recordedEvent(row: EventRow): RecordedEvent {
  return {
    seq: Number(row.seq),
    atMs: Number(row.at_ms),
    type: row.type,
    stream: row.stream,
    version: Number(row.version),
    data: row.event === null ? null : parseEventText(row.event),
    erasedBy: row.erased_by === null ? null : Number(row.erased_by),
  };
}
