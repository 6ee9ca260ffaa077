import type { JsonObject } from "@cordon/model";
import type { NewEvent, RecordedEvent } from "./event.ts";

/** Makes personal values of events unreadable before they are recorded, and readable again for whoever may. */
export interface Sealing {
  seal(stream: string, type: string, data: JsonObject): Promise<JsonObject>;
  /** null where it can't be opened any more. */
  openSealed(stream: string, data: JsonObject): Promise<JsonObject | null>;
  /** An event of the stream was erased: what is remembered of its keys may have gone with it. */
  forget(stream: string): void;
}

export async function sealAll(
  sealing: Sealing | null,
  stream: string,
  events: readonly NewEvent[],
): Promise<readonly NewEvent[]> {
  if (sealing === null) return events;
  return Promise.all(
    events.map(async ({ type, data }) => ({ type, data: await sealing.seal(stream, type, data) })),
  );
}

export async function openAll(
  sealing: Sealing | null,
  events: readonly RecordedEvent[],
): Promise<readonly RecordedEvent[]> {
  if (sealing === null) return events;
  const opened: RecordedEvent[] = [];
  for (const event of events) {
    const { stream, data } = event;
    if (data === null) sealing.forget(stream);
    opened.push(data === null ? event : { ...event, data: await sealing.openSealed(stream, data) });
  }
  return opened;
}
