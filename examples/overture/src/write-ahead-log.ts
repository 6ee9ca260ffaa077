import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, unlinkSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

interface OpenOptions {
  /** How long a writer waits for another instance's. */
  readonly busyMs: number;
  /** Makes the tables that are missing, in one transaction that begins as a writer (`BEGIN IMMEDIATE`). */
  readonly makeTables: (database: DatabaseSync) => void;
}

const enterWriteAheadLog = "PRAGMA journal_mode = WAL;";

/** Opens a SQLite file that several instances share, with a write-ahead log, and makes it or its tables where they are missing. The file has mode 0600. */
export function openWithWriteAheadLog(file: string, { busyMs, makeTables }: OpenOptions): DatabaseSync {
  if (!existsSync(file)) create(file, makeTables);
  const database = new DatabaseSync(file, { timeout: busyMs });
  database.exec(enterWriteAheadLog);
  makeTables(database);
  return database;
}

/**
 * Makes the database aside and links it into place: the change to a write-ahead log fails at once, without waiting
 * `busyMs`, when another instance makes the same change to the same file (sqlite.org/wal.html, section 9). Of several
 * instances the first `link` wins.
 */
function create(file: string, makeTables: OpenOptions["makeTables"]): void {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const database = new DatabaseSync(draft);
  try {
    chmodSync(draft, 0o600);
    database.exec(enterWriteAheadLog);
    makeTables(database);
  } finally {
    database.close();
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    unlinkSync(draft);
  }
}
