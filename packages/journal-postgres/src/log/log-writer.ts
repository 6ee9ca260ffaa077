import { sameBytes, type NoteSigner } from "@cordon/transparency";
import type pg from "pg";
import { databaseError, isConnectionLost, type Database } from "../database/database.ts";
import { JournalError } from "../errors.ts";
import type { Appended, RecordedEvent } from "../event.ts";
import { eventColumns, recordedEvent, type EventRow } from "./event-row.ts";
import { asWriter, markPublished } from "./head.ts";
import type { LogFolder } from "./log-folder.ts";
import type { Operation } from "./operation.ts";
import { publish } from "./publish.ts";
import { recordBatch, type Outcome, type RecordedBatch } from "./record-batch.ts";
import { settle, type HomeLog, type KnownLog, type SettledLog } from "./settle.ts";

const waitingOperationsMax = 10_000;
const batchEventsMax = 2_000;
const batchBytesMax = 16 << 20;

interface Waiting {
  readonly operation: Operation;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** A commit whose answer was lost: whether it took place is not known. */
class CommitInDoubt extends Error {
  readonly batch: RecordedBatch;

  constructor(batch: RecordedBatch, cause: unknown) {
    super("commit without an answer", { cause });
    this.batch = batch;
  }
}

/**
 * The log's writer in this process. Operations that wait are written together: one transaction, one checkpoint (group
 * commit). Between processes a lock of the database lets one write at a time; each looks for what the others wrote.
 */
export class LogWriter {
  readonly #database: Database;
  readonly #log: LogFolder;
  readonly #signer: NoteSigner;
  readonly #home: HomeLog;
  readonly #clock: () => number;
  readonly #onEvents: (events: readonly RecordedEvent[]) => void;
  readonly #waiting: Waiting[] = [];
  /** Who waits for what other servers have written. */
  #behind: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #client: pg.Client | null = null;
  /** null: to be read from the files before the next batch. */
  #known: KnownLog | null = null;
  #treeSize = 0;
  #draining: Promise<void> | null = null;
  #closed = false;

  constructor(given: {
    readonly database: Database;
    readonly log: LogFolder;
    readonly signer: NoteSigner;
    /** As in HOME/server.id. */
    readonly homeId: string;
    readonly clock: () => number;
    readonly onEvents: (events: readonly RecordedEvent[]) => void;
  }) {
    this.#database = given.database;
    this.#log = given.log;
    this.#signer = given.signer;
    this.#home = { log: given.log, key: given.signer.key, homeId: given.homeId, mayBegin: true };
    this.#clock = given.clock;
    this.#onEvents = given.onEvents;
  }

  /** Tree size of the newest checkpoint that this process knows to be published. */
  get treeSize(): number {
    return this.#treeSize;
  }

  /** Does what a crash left undone. Throws ERR_JOURNAL_TAMPERED, ERR_JOURNAL_DATABASE. */
  async open(): Promise<void> {
    await this.#write([]);
    await this.#removeStaged();
  }

  run(operation: Operation): Promise<Appended> {
    if (this.#closed) return Promise.reject(new JournalError("ERR_JOURNAL_CLOSED", "the journal is closed"));
    if (this.#waiting.length >= waitingOperationsMax) {
      return Promise.reject(
        new JournalError("ERR_JOURNAL_BUSY", `${waitingOperationsMax} appends wait already`, {
          hint: "try again later",
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operation, resolve, reject });
      this.#startDraining();
    });
  }

  /**
   * Brings the files of this home to what any server has written, and tells who listens. Throws ERR_JOURNAL_DATABASE,
   * ERR_JOURNAL_FILES, ERR_JOURNAL_TAMPERED.
   */
  async catchUp(): Promise<void> {
    if (this.#closed) return;
    return new Promise((resolve, reject) => {
      this.#behind.push({ resolve, reject });
      this.#startDraining();
    });
  }

  #startDraining(): void {
    this.#draining ??= this.#drain().finally(() => (this.#draining = null));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
    await this.#removeStaged();
    await this.#disconnect();
  }

  async #removeStaged(): Promise<void> {
    const client = this.#client;
    if (client !== null) await asWriter(client, () => this.#log.removeStaged());
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#behind.length > 0) {
      const batch = this.#takeBatch();
      const behind = this.#behind;
      this.#behind = [];
      try {
        const outcomes = await this.#write(batch.map(({ operation }) => operation));
        for (const { resolve } of behind) resolve();
        batch.forEach(({ resolve, reject }, i) => {
          const outcome = outcomes[i];
          if (outcome === undefined) reject(new Error("an operation without outcome"));
          else if ("appended" in outcome) resolve(outcome.appended);
          else reject(outcome.refused);
        });
      } catch (error) {
        for (const { reject } of [...batch, ...behind]) reject(error);
      }
    }
  }

  #takeBatch(): readonly Waiting[] {
    let events = 0;
    let bytes = 0;
    let count = 0;
    for (const { operation } of this.#waiting) {
      events += operation.events.length;
      bytes += operation.events.reduce((sum, { text }) => sum + text.length, 0);
      if (count > 0 && (events > batchEventsMax || bytes > batchBytesMax)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #write(operations: readonly Operation[]): Promise<readonly Outcome[]> {
    const client = await this.#connected();
    try {
      return await asWriter(client, () => this.#writeAlone(client, operations));
    } catch (error) {
      this.#known = null;
      if (error instanceof CommitInDoubt) return await this.#resolveDoubt(error);
      if (error instanceof JournalError) throw error;
      if (isConnectionLost(error)) await this.#disconnect();
      if (error instanceof Error && !("code" in error) && !isConnectionLost(error)) throw error;
      throw databaseError("nothing was recorded, the database failed", error);
    }
  }

  async #writeAlone(client: pg.Client, operations: readonly Operation[]): Promise<readonly Outcome[]> {
    const { head, state } = await this.#upToDate(client);
    if (operations.length === 0) return [];
    let batch: RecordedBatch;
    await client.query("begin");
    try {
      const nowMs = this.#clock();
      batch = await recordBatch({ client, signer: this.#signer, head, state, operations, nowMs });
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      throw error;
    }
    await client.query("commit").catch((cause: unknown) => {
      throw new CommitInDoubt(batch, cause);
    });
    if (batch.checkpoint === null) return batch.outcomes;
    await publish(this.#log, batch.grown, batch.checkpoint);
    this.#known = { state: batch.grown.state, checkpoint: batch.checkpoint };
    this.#treeSize = batch.grown.state.tree.size;
    // From here on the events are recorded and covered: what fails now is done again by the next writer.
    await markPublished(client, this.#treeSize, this.#home.homeId).catch(() => (this.#known = null));
    this.#onEvents(batch.events);
    return batch.outcomes;
  }

  /** Head and state, read again from database and files unless nobody else has written since. */
  async #upToDate(client: pg.Client): Promise<SettledLog> {
    const settled = await settle(client, this.#home, this.#known);
    const before = this.#treeSize;
    this.#treeSize = settled.state.tree.size;
    const { checkpoint } = settled.head;
    if (checkpoint !== null) this.#known = { state: settled.state, checkpoint };
    if (before > 0 && before < this.#treeSize) await this.#announce(client, before);
    return settled;
  }

  /** Events that another process has appended. */
  async #announce(client: pg.Client, fromSeq: number): Promise<void> {
    const { rows } = await client.query<EventRow>(
      `select ${eventColumns} from journal.event where seq >= $1 and seq < $2 order by seq`,
      [fromSeq, this.#treeSize],
    );
    this.#onEvents(rows.map(recordedEvent));
  }

  /** After a lost commit: by its commitments, which nobody else can have made, the database tells whether it took place. */
  async #resolveDoubt({ batch, cause }: CommitInDoubt): Promise<readonly Outcome[]> {
    await this.#disconnect();
    const first = batch.events[0];
    if (first === undefined) return batch.outcomes;
    try {
      const client = await this.#connected();
      return await asWriter(client, async () => {
        const { rows } = await client.query<{ commitment: Buffer }>(
          "select commitment from journal.event where seq = $1",
          [first.seq],
        );
        const found = rows[0]?.commitment;
        if (found === undefined || !sameBytes(found, batch.firstCommitment)) {
          throw databaseError("nothing was recorded, the database failed", cause);
        }
        await this.#upToDate(client);
        return batch.outcomes;
      });
    } catch (error) {
      if (error instanceof JournalError) throw error;
      throw databaseError(
        "the database was lost while it recorded; read the stream before trying again",
        cause,
      );
    }
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client !== null) return this.#client;
    let client: pg.Client;
    try {
      client = await this.#database.connect();
    } catch {
      await this.#database.revive();
      client = await this.#database.connect().catch((error: unknown) => {
        throw databaseError("nothing was recorded, the database does not answer", error);
      });
    }
    client.on("end", () => {
      if (this.#client === client) this.#client = null;
    });
    this.#client = client;
    return client;
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }
}
