import { JournalError, type RecordedEvent } from "@cordon/journal-postgres";
import type { JsonObject } from "@cordon/model";
import type { Scheduler } from "./scheduler.ts";

/** What a server sees of the database when the connection breaks. */
const broken = () => new JournalError("ERR_JOURNAL_DATABASE", "the connection is gone");

/**
 * A journal as PostgreSQL gives it: appends with optimistic concurrency, whole or not at all. The connection may break before an append,
 * and after it: then it has happened and nobody was told.
 */
export class FakeJournal {
  readonly events: RecordedEvent[] = [];
  readonly #scheduler: Scheduler;
  readonly #random: () => number;
  /** How often a call breaks; 0 while the end is being awaited. */
  breaks = 0.08;
  onAppend: (events: readonly RecordedEvent[]) => void = () => undefined;

  constructor(scheduler: Scheduler, random: () => number) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  async append(
    stream: string,
    expectedVersion: number,
    added: readonly { readonly type: string; readonly data: JsonObject }[],
  ): Promise<void> {
    await this.#scheduler.pause();
    if (this.#random() < this.breaks) throw broken();
    const version = this.events.filter((event) => event.stream === stream).length;
    if (version !== expectedVersion)
      throw new JournalError("ERR_JOURNAL_CONFLICT", `\`${stream}\` has ${version} events`);
    const recorded = added.map(({ type, data }, i): RecordedEvent => ({
      seq: this.events.length + i,
      atMs: this.#scheduler.nowMs,
      type,
      stream,
      version: version + i,
      data,
      erasedBy: null,
    }));
    this.events.push(...recorded);
    this.onAppend(recorded);
    await this.#scheduler.pause();
    if (this.#random() < this.breaks) throw broken();
  }

  async readAll(fromSeq: number, limit: number): Promise<readonly RecordedEvent[]> {
    await this.#scheduler.pause();
    if (this.#random() < this.breaks / 4) throw broken();
    return this.events.slice(fromSeq, fromSeq + limit);
  }
}
