import type { Plane } from "@cordon/control-plane";
import { CordonError, type JsonObject } from "@cordon/model";
import type { OperatorRole } from "@cordon/contract";
import { OperatorError } from "./errors.ts";
import { OperatorBook } from "./operator-book.ts";
import { operatorStream, type OperatorEvent } from "./operator-event.ts";

type OperatorJournal = Pick<Plane["journal"], "read" | "append">;

/** How often a change is decided anew because another one came in between. */
const decisionsMax = 20;
/** A query may be let in by what was so this long ago on another server; commands always ask anew. */
const staleMsMax = 250;

/** The operators as the journal has them, for every server on one database, and the one place where they change. */
export class OperatorRegister {
  readonly #clock: () => number;
  readonly #book = new OperatorBook();
  readonly #attached = Promise.withResolvers<OperatorJournal>();
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #readAtMs = -Infinity;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The journal is opened after the register was handed out; until then every question waits. */
  attach(journal: OperatorJournal): void {
    this.#attached.resolve(journal);
  }

  /** The book with everything that was on record when this was called. */
  async current(): Promise<OperatorBook> {
    // A reading that is under way may have begun too early; all who come meanwhile share the one after it.
    if (this.#reading === null) await this.#read();
    else await (this.#next ??= this.#reading.catch(() => undefined).then(() => this.#read()));
    return this.#book;
  }

  /** The book as it was at most a quarter of a second ago. */
  async recent(): Promise<OperatorBook> {
    const age = this.#clock() - this.#readAtMs;
    return age >= 0 && age < staleMsMax ? this.#book : this.current();
  }

  async roles(): Promise<ReadonlyMap<string, readonly OperatorRole[]>> {
    return (await this.current()).roles();
  }

  /**
   * Decides on the book as it is and records the event; resolves with what `decide` gave once a signed checkpoint covers
   * it. `decide` throws OperatorError for what can't be done, and gives no event when nothing is to be done.
   */
  async change<T>(
    decide: (book: OperatorBook) => { readonly event: OperatorEvent | null; readonly made: T },
  ): Promise<T> {
    const journal = await this.#attached.promise;
    for (let n = 1; n <= decisionsMax; n++) {
      const book = await this.current();
      const { event, made } = decide(book);
      if (event === null) return made;
      try {
        const data = event.data as unknown as JsonObject;
        await journal.append(operatorStream, book.version, [{ type: event.type, data }]);
      } catch (error) {
        if (!(error instanceof CordonError) || error.code !== "ERR_JOURNAL_CONFLICT") throw error;
        continue;
      }
      await this.current();
      return made;
    }
    throw new OperatorError("ERR_OPERATOR_BUSY", "the operators change too fast to decide");
  }

  #read(): Promise<void> {
    this.#next = null;
    this.#reading = this.#catchUp().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #catchUp(): Promise<void> {
    const journal = await this.#attached.promise;
    const askedAtMs = this.#clock();
    for (const event of await journal.read(operatorStream, this.#book.version)) {
      if (event.version === this.#book.version) this.#book.apply(event);
    }
    this.#readAtMs = askedAtMs;
  }
}
