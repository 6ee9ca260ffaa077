import { commitmentOf, parseEventText, saltBytes, sameBytes, type JournalEntry } from "@cordon/transparency";
import type pg from "pg";
import { isConnectionLost } from "../database/database.ts";
import { eventColumns, type EventRow } from "../log/event-row.ts";
import { readHead } from "../log/head.ts";
import { erasedType, journalStream } from "../log/operation.ts";
import { reasonOf, type Findings } from "./verification.ts";

/** Bytes of rows to hold at once, roughly. */
const pageBytes = 4 << 20;
const pageRowsMax = 500;

/**
 * Step 8: every entry has its event in the database, fitting its commitment and the other columns, or an entry that says
 * that it was erased; and there is no event besides. Rows are read beside the walk over the entries, in one snapshot.
 */
export class EventCheck {
  readonly #client: pg.ClientBase;
  readonly #findings: Findings;
  /** seq of an erased event → seq of the entry that its row names. */
  readonly #erased = new Map<number, number | null>();
  /** seq of an event → seq of the entry that says it was erased. */
  readonly #named = new Map<number, number>();
  #page: readonly EventRow[] = [];
  #next = 0;
  #pageRows = 64;
  #checked = 0;
  #failed = false;

  /** `client` is in a transaction that sees the database as of the checkpoint. */
  constructor(client: pg.ClientBase, findings: Findings) {
    this.#client = client;
    this.#findings = findings;
  }

  get counts(): { readonly checked: number; readonly erased: number } {
    return { checked: this.#checked, erased: this.#erased.size };
  }

  async begin(): Promise<void> {
    await this.#guarded(0, async () => {
      await this.#client.query(
        `declare events no scroll cursor for select ${eventColumns} from journal.event order by seq`,
      );
    });
  }

  async entry(seq: number, entry: JournalEntry | null): Promise<void> {
    await this.#guarded(seq, async () => {
      const row = await this.#peek();
      const rowSeq = row === null ? null : Number(row.seq);
      if (row === null || rowSeq === null || rowSeq > seq) {
        this.#fail(seq, "the event is missing from the database");
        return;
      }
      this.#next++;
      if (rowSeq < seq) {
        this.#fail(rowSeq, "the database holds an event without an entry");
        return;
      }
      if (entry === null) return;
      const reason = this.#check(row, entry);
      if (reason !== null) this.#fail(seq, reason);
    });
  }

  async end(size: number, checkpoint: Uint8Array, vkey: string): Promise<void> {
    await this.#guarded(null, async () => {
      const row = await this.#peek();
      if (row !== null) {
        this.#fail(Number(row.seq), "the database holds an event without an entry");
        return;
      }
      await this.#client.query("close events");
      this.#checkErasures();
      await this.#checkVersions();
      const head = await readHead(this.#client, null);
      if (head?.size !== size || head.checkpoint === null || !sameBytes(head.checkpoint, checkpoint)) {
        {
          this.#fail(null, "the head of the log in the database is not its checkpoint");
          return;
        }
      }
      if (head.vkey !== vkey || head.published !== size) {
        {
          this.#fail(null, "the head of the log in the database does not fit the log");
          return;
        }
      }
    });
  }

  #check(row: EventRow, entry: JournalEntry): string | null {
    if (Number(row.at_ms) !== entry.atMs) return "the event's time differs from its entry";
    if (row.type !== entry.type) return "the event's type differs from its entry";
    if (row.stream !== entry.stream) return "the event's stream differs from its entry";
    if (!sameBytes(row.commitment, entry.commitment)) return "the event's commitment differs from its entry";
    const erasedBy = row.erased_by === null ? null : Number(row.erased_by);
    if (row.salt === null && row.event === null) {
      this.#erased.set(entry.seq, erasedBy);
      return null;
    }
    if (row.salt?.length !== saltBytes) return "the event's salt is missing or malformed";
    if (row.event === null) return "the event is missing, but not its salt";
    if (!sameBytes(commitmentOf(row.salt, row.event), entry.commitment)) {
      return "salt and event do not fit the entry's commitment";
    }
    if (erasedBy !== null) return "the event is there, though its row says that it was erased";
    const event = parseEventText(row.event);
    if (entry.type === erasedType && entry.stream === journalStream && typeof event["seq"] === "number") {
      this.#named.set(event["seq"], entry.seq);
    }
    this.#checked++;
    return null;
  }

  #checkErasures(): void {
    for (const [seq, erasedBy] of this.#erased) {
      const named = this.#named.get(seq);
      if (named === undefined) {
        // Where the very entry that said so has lost its event, that one was changed.
        const changed = erasedBy !== null && this.#erased.has(erasedBy) ? erasedBy : seq;
        this.#fail(changed, "the event is missing, and no entry says that it was erased");
        return;
      }
      if (named !== erasedBy) {
        this.#fail(seq, `the event was erased by entry ${named}, its row says otherwise`);
        return;
      }
    }
    for (const [seq, named] of this.#named) {
      if (!this.#erased.has(seq)) {
        this.#fail(seq, `entry ${named} says that the event was erased, but it is there`);
        return;
      }
    }
  }

  /** Places in streams stand in no entry; they follow from the order of the log. */
  async #checkVersions(): Promise<void> {
    const { rows } = await this.#client.query<{ seq: string }>(
      `select seq from (select seq, version, row_number() over (partition by stream order by seq) - 1 as place
                        from journal.event) as placed
       where version is distinct from place order by seq limit 1`,
    );
    const first = rows[0];
    if (first !== undefined) this.#fail(Number(first.seq), "the event's place in its stream was changed");
  }

  async #peek(): Promise<EventRow | null> {
    if (this.#next === this.#page.length) {
      const { rows } = await this.#client.query<EventRow>(`fetch ${this.#pageRows} from events`);
      this.#page = rows;
      this.#next = 0;
      const bytes = rows.reduce((sum, row) => sum + 300 + (row.event?.length ?? 0), 0);
      if (rows.length > 0) {
        const fitting = Math.floor((pageBytes * rows.length) / bytes);
        this.#pageRows = Math.max(1, Math.min(pageRowsMax, fitting, this.#pageRows * 4));
      }
    }
    return this.#page[this.#next] ?? null;
  }

  /** The first failure ends this step: rows and entries are out of step from there on. */
  async #guarded(seq: number | null, work: () => Promise<void>): Promise<void> {
    if (this.#failed) return;
    try {
      await work();
    } catch (error) {
      if (isConnectionLost(error)) throw error;
      // What the database itself finds wrong, like a page whose checksum does not fit, or a table that is not there.
      this.#fail(seq, `the database can't read the event: ${reasonOf(error)}`);
    }
  }

  #fail(seq: number | null, reason: string): void {
    this.#failed = true;
    this.#findings.add("events", { path: null, seq, reason });
  }
}
