import type { JsonObject } from "@cordon/model";

/** A fact to be recorded. `type`: 1–128 of `A-Z a-z 0-9 . _ : / -`; `data`: an I-JSON object, where personal data may stand. */
export interface NewEvent {
  readonly type: string;
  readonly data: JsonObject;
}

/** A recorded event, covered by a signed checkpoint. */
export interface RecordedEvent {
  /** Index in the log, from 0, without holes. */
  readonly seq: number;
  /** When it was appended, milliseconds since the epoch; never before the event before it. */
  readonly atMs: number;
  readonly type: string;
  readonly stream: string;
  /** Place in its stream, from 0, without holes. */
  readonly version: number;
  /** null once erased. */
  readonly data: JsonObject | null;
  /** seq of the `event-erased` event that names this one; null while it stands. */
  readonly erasedBy: number | null;
}

/** What an append made. */
export interface Appended {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Number of events in the stream afterwards: the next `expectedVersion`. */
  readonly version: number;
  /** Tree size of the signed checkpoint that covers the events. */
  readonly treeSize: number;
  readonly events: readonly RecordedEvent[];
}

/** The stream must hold exactly so many events (0: none yet), or may hold any. */
export type ExpectedVersion = number | "any";
