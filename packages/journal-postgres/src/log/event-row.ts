import { encodeEntry, parseEventText, type JournalEntry } from "@cordon/transparency";
import type { RecordedEvent } from "../event.ts";

/** A row of journal.event as the driver gives it. */
export interface EventRow {
  readonly seq: string;
  readonly at_ms: string;
  readonly type: string;
  readonly stream: string;
  readonly version: string;
  readonly commitment: Buffer;
  readonly salt: Buffer | null;
  readonly event: string | null;
  readonly erased_by: string | null;
}

export const eventColumns = "seq, at_ms, type, stream, version, commitment, salt, event, erased_by";

function rowEntry(row: EventRow): JournalEntry {
  return {
    seq: Number(row.seq),
    atMs: Number(row.at_ms),
    type: row.type,
    stream: row.stream,
    commitment: row.commitment,
  };
}

/** The bytes that stand in the log for a row. */
export function rowEntryBytes(row: EventRow): Uint8Array {
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
