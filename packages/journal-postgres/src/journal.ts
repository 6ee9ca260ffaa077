import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import type { VerifierKey } from "@cordon/transparency";
import type { Kysely } from "kysely";
import type pg from "pg";
import { Database, type StopEmbedded } from "./database/database.ts";
import { Leases } from "./database/leases.ts";
import { migrate } from "./database/migrate.ts";
import type { MigrationSet } from "./database/migrate.ts";
import type { Appended, ExpectedVersion, NewEvent, RecordedEvent } from "./event.ts";
import { JournalError } from "./errors.ts";
import { beginLog, prepareBeginning } from "./log/begin-log.ts";
import { eventColumns, recordedEvent, type EventRow } from "./log/event-row.ts";
import { Following, type FollowOptions } from "./log/following.ts";
import { makeHomeId } from "./log/home-id.ts";
import { keepOldCheckpoints } from "./log/keep-old-checkpoints.ts";
import { LogFolder } from "./log/log-folder.ts";
import { Cosignatures } from "./witness/cosignatures.ts";
import { openAll, sealAll, type Sealing } from "./sealing.ts";
import { LogWriter } from "./log/log-writer.ts";
import { prepareAppend, prepareErasure } from "./log/operation.ts";

export interface JournalOptions {
  /** HOME: `journal/`, `keys/`, `postgres/` and `postgres.url` are made in it. */
  readonly home: string;
  /** A PostgreSQL of one's own (`DATABASE_URL`); null: the embedded one in HOME/postgres is started or adopted. */
  readonly databaseUrl: string | null;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Cryptographically random bytes. */
  readonly randomBytes: (count: number) => Uint8Array;
  /**
   * Whether `close` stops the embedded PostgreSQL: `when-alone` (nobody else is connected; the default, for servers) or
   * `when-started` (besides, only if this journal started it; for commands).
   */
  readonly stopEmbedded?: StopEmbedded;
  /** Seals personal values of what is appended, and opens them in what is read; left out: events are recorded as they stand. */
  readonly sealing?: Sealing;
}

export const eventsPerReadMax = 10_000;
const migrations: MigrationSet = {
  schema: "journal",
  folder: path.join(import.meta.dirname, "../migrations"),
};

/**
 * Opens the journal of HOME and begins it (key, entry 0 `journal-begun`) when there is none; does what a crash left
 * undone. Throws ERR_JOURNAL_POSTGRES, ERR_JOURNAL_DATABASE, ERR_JOURNAL_TAMPERED.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { home, databaseUrl, clock, randomBytes, stopEmbedded = "when-alone" } = options;
  const database = await Database.open({ home: path.resolve(home), databaseUrl, randomBytes });
  if (stopEmbedded === "when-started") database.stopAtExit();
  try {
    await migrate(database.pool, migrations);
    const log = new LogFolder(path.join(path.resolve(home), "journal"));
    const listeners = new Set<EventListener>();
    const onEvents: EventListener = (events) => {
      for (const listener of listeners) listener(events);
    };
    const signer = await beginLog({ home: path.resolve(home), pool: database.pool, log, randomBytes });
    const homeId = await makeHomeId(path.resolve(home), randomBytes);
    await keepOldCheckpoints(database.pool, log, homeId);
    const writer = new LogWriter({ database, log, signer, homeId, clock, onEvents });
    await writer.open();
    if (writer.treeSize === 0) {
      await writer.run(prepareBeginning(signer.key, randomBytes)).catch((error: unknown) => {
        // Another process that opened the same home was quicker.
        if (!(error instanceof JournalError) || error.code !== "ERR_JOURNAL_CONFLICT") throw error;
      });
    }
    return new Journal({
      database,
      log,
      writer,
      listeners,
      clock,
      randomBytes,
      key: signer.key,
      homeId,
      stopEmbedded,
      sealing: options.sealing ?? null,
    });
  } catch (error) {
    await database.close("when-started");
    throw error;
  }
}

type EventListener = (events: readonly RecordedEvent[]) => void;

interface JournalParts {
  readonly database: Database;
  readonly log: LogFolder;
  readonly writer: LogWriter;
  readonly listeners: Set<EventListener>;
  readonly clock: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly key: VerifierKey;
  readonly homeId: string;
  readonly stopEmbedded: StopEmbedded;
  readonly sealing: Sealing | null;
}

/** The record of what was decided: events in PostgreSQL, each a leaf of a signed Merkle log. */
export class Journal {
  readonly #parts: JournalParts;
  /** HOME/journal: static files in the tlog-tiles layout, to be served as they are. */
  readonly folder: string;
  /** The log's identity, which is also the name of its key. */
  readonly origin: string;
  /** The log's verifier key. */
  readonly key: VerifierKey;
  /** What HOME/server.id holds: tells this home from those of other servers. */
  readonly homeId: string;
  readonly leases: Leases;
  readonly cosignatures: Cosignatures;
  #following: Following | null = null;

  /** Made by `openJournal`. */
  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.folder = parts.log.folder;
    this.origin = parts.key.name;
    this.key = parts.key;
    this.homeId = parts.homeId;
    this.leases = new Leases(parts.database.pool, parts.clock);
    this.cosignatures = new Cosignatures(parts.database.pool, path.dirname(parts.log.folder));
  }

  /** Tree size of the newest signed checkpoint, as far as this process knows. */
  get treeSize(): number {
    return this.#parts.writer.treeSize;
  }

  /** The database's connections, for tables of other packages. Ended by `close`. */
  get pool(): pg.Pool {
    return this.#parts.database.pool;
  }

  /** Typed queries over the same connections. Don't destroy it: `close` ends the connections. */
  kysely<Tables>(): Kysely<Tables> {
    return this.#parts.database.kysely<Tables>();
  }

  /** Runs another package's numbered `.sql` files that have not run yet, in its own schema. */
  async migrate(set: MigrationSet): Promise<void> {
    await migrate(this.pool, set);
  }

  /**
   * Appends all of the events or none; resolves once a signed checkpoint covers them. Throws ERR_JOURNAL_CONFLICT when
   * the stream has another version, ERR_JOURNAL_EVENT for what the journal can't hold (before anything is written),
   * ERR_JOURNAL_DATABASE, ERR_JOURNAL_FILES, ERR_JOURNAL_BUSY, ERR_JOURNAL_CLOSED.
   */
  async append(stream: string, expected: ExpectedVersion, events: readonly NewEvent[]): Promise<Appended> {
    const { writer, sealing, randomBytes } = this.#parts;
    const sealed = await sealAll(sealing, stream, events);
    return writer.run(prepareAppend(stream, expected, sealed, randomBytes));
  }

  /**
   * Erases salt and event of entry `seq` together, which is itself an entry (`event-erased`, naming seq and reason). The
   * reason stays for ever: it must not say what was erased. Throws ERR_JOURNAL_ABSENT, ERR_JOURNAL_NOT_ERASABLE and what `append` throws.
   */
  async erase(seq: number, reason: string): Promise<Appended> {
    const erased = await this.#parts.writer.run(prepareErasure(seq, reason, this.#parts.randomBytes));
    await this.#vacuum();
    return erased;
  }

  /** Erases several events, each by an entry of its own; those that are erased already are passed over. Throws what `erase` throws. */
  async eraseAll(seqs: readonly number[], reason: string): Promise<void> {
    const { writer, randomBytes } = this.#parts;
    // Handed over together, they are written together.
    const ends = await Promise.allSettled(
      seqs.map((seq) => writer.run(prepareErasure(seq, reason, randomBytes))),
    );
    for (const end of ends) {
      if (end.status === "fulfilled") continue;
      const error: unknown = end.reason;
      if (!(error instanceof JournalError) || error.code !== "ERR_JOURNAL_NOT_ERASABLE") throw error;
    }
    await this.#vacuum();
  }

  /** The rows' old texts leave the table's pages now, not at some later time. */
  async #vacuum(): Promise<void> {
    await this.pool.query("vacuum (truncate false) journal.event");
  }

  /** The events of a stream in order, from place `fromVersion` in it; none when there is no such stream. */
  async read(stream: string, fromVersion = 0): Promise<readonly RecordedEvent[]> {
    return this.#select("stream = $2 and version >= $3 order by version", [stream, fromVersion]);
  }

  /** The events of the whole log from `fromSeq` on, at most `limit` (1–10,000). */
  async readAll(fromSeq: number, limit: number): Promise<readonly RecordedEvent[]> {
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > eventsPerReadMax) {
      throw new RangeError(`limit of ${limit}, expected 1 to ${eventsPerReadMax}`);
    }
    return this.#select("seq >= $2 order by seq limit $3", [fromSeq, limit]);
  }

  /**
   * All that is committed: each event is committed with the signed checkpoint that covers it, and any server makes the files from the two.
   * To wait for the files of whoever wrote it would hide, behind another server, what its caller was told is recorded.
   */
  async #select(rest: string, values: readonly unknown[]): Promise<readonly RecordedEvent[]> {
    const { rows } = await this.pool.query<EventRow>(
      `select ${eventColumns} from journal.event
       where seq < greatest($1, (select size from journal.head)) and ${rest}`,
      [this.treeSize, ...values],
    );
    return openAll(this.#parts.sealing, rows.map(recordedEvent));
  }

  /**
   * From now on looks for what other servers have written: brings it to this home's files and tells who listens. Starts the embedded
   * PostgreSQL again when it was lost. Ended by `close`.
   */
  follow(options: FollowOptions): void {
    this.#following ??= new Following(this.pool, this.#parts.writer, options);
  }

  /** Throws unless the database takes writes and has this very log. */
  async probe(): Promise<void> {
    const { rows } = await this.pool.query<{ vkey: string; size: string; refused: boolean }>(
      `select vkey, size, pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as refused
       from journal.head`,
    );
    const [head] = rows;
    if (head?.vkey !== this.key.line)
      throw new JournalError("ERR_JOURNAL_TAMPERED", "the database holds another log");
    if (head.refused) throw new JournalError("ERR_JOURNAL_DATABASE", "the database takes no writes");
    await access(this.folder, constants.W_OK);
  }

  /**
   * Calls `listener` in seq order with events that a checkpoint covers: those of this process at once, those of other
   * processes before the next append of this one, or as soon as `follow` sees them. Sealed values stay sealed. Returns what ends it.
   */
  subscribe(listener: EventListener): () => void {
    this.#parts.listeners.add(listener);
    return () => this.#parts.listeners.delete(listener);
  }

  /** Waits for appends under way, then lets the database go (see `stopEmbedded`). */
  async close(): Promise<void> {
    try {
      await this.#following?.stop();
      await this.#parts.writer.close();
    } finally {
      await this.#parts.database.close(this.#parts.stopEmbedded);
    }
  }
}
