import { commitmentOf, eventText, isEntryName, saltBytes, TransparencyError } from "@cordon/transparency";
import { JournalError } from "../errors.ts";
import type { ExpectedVersion, NewEvent } from "../event.ts";

export const eventsPerAppendMax = 1_000;
export const eventBytesMax = 8 << 20;

/** An event ready to be written: its canonical text and what the log commits to. */
export interface PreparedEvent {
  readonly type: string;
  readonly data: NewEvent["data"];
  readonly text: string;
  readonly salt: Uint8Array;
  readonly commitment: Uint8Array;
}

/** What waits for the writer: events for a stream, or the erasure of one. */
export interface Operation {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly events: readonly PreparedEvent[];
  /** seq of the event that this operation erases; null for an append. */
  readonly erases: number | null;
}

function refused(message: string, cause?: unknown): JournalError {
  return new JournalError("ERR_JOURNAL_EVENT", message, { cause });
}

/** Checks and prepares an append, before anything is written. Throws ERR_JOURNAL_EVENT. */
export function prepareAppend(
  stream: string,
  expected: ExpectedVersion,
  events: readonly NewEvent[],
  randomBytes: (count: number) => Uint8Array,
): Operation {
  if (!isEntryName(stream))
    throw refused(`\`${stream}\` is no stream, expected 1–128 of A-Z a-z 0-9 . _ : / -`);
  if (expected !== "any" && (!Number.isSafeInteger(expected) || expected < 0)) {
    throw refused(`\`${expected}\` is no version, expected a number of events or \`any\``);
  }
  if (events.length === 0 || events.length > eventsPerAppendMax) {
    throw refused(`${events.length} events in one append, expected 1 to ${eventsPerAppendMax}`);
  }
  return { stream, expected, events: events.map((event) => prepareEvent(event, randomBytes)), erases: null };
}

function prepareEvent({ type, data }: NewEvent, randomBytes: (count: number) => Uint8Array): PreparedEvent {
  if (!isEntryName(type)) throw refused(`\`${type}\` is no type, expected 1–128 of A-Z a-z 0-9 . _ : / -`);
  let text: string;
  try {
    text = eventText(data);
  } catch (error) {
    if (error instanceof TransparencyError) throw refused(`${error.message} (type \`${type}\`)`, error);
    throw error;
  }
  const bytes = Buffer.byteLength(text, "utf8");
  if (bytes > eventBytesMax) throw refused(`event of ${bytes} bytes, expected at most ${eventBytesMax}`);
  const salt = randomBytes(saltBytes);
  if (salt.length !== saltBytes)
    throw new TypeError(`expected ${saltBytes} random bytes, got ${salt.length}`);
  return { type, data, text, salt, commitment: commitmentOf(salt, text) };
}

/** The stream of the journal's own events. */
export const journalStream = "journal";
export const erasedType = "event-erased";
export const begunType = "journal-begun";
const reasonCharactersMax = 1_000;

/** Checks and prepares an erasure. Throws ERR_JOURNAL_EVENT. */
export function prepareErasure(
  seq: number,
  reason: string,
  randomBytes: (count: number) => Uint8Array,
): Operation {
  if (!Number.isSafeInteger(seq) || seq < 0) throw refused(`\`${seq}\` is no seq`);
  if (reason.trim() === "" || reason.length > reasonCharactersMax) {
    throw refused(`no reason given, expected 1 to ${reasonCharactersMax} characters`);
  }
  const event = { type: erasedType, data: { seq, reason } };
  return {
    stream: journalStream,
    expected: "any",
    events: [prepareEvent(event, randomBytes)],
    erases: seq,
  };
}
