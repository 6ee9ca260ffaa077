import { DatabaseSync } from "node:sqlite";

import { listeningSchema } from "../listening/schema.ts";
import { offlineSchema } from "../offline-copies/schema.ts";
import { openWithWriteAheadLog } from "../write-ahead-log.ts";

/**
 * Overture's database: one SQLite file that all instances share. Write-ahead log, so that readers never wait; a writer
 * waits up to `busyMs` for another instance's.
 */
const busyMs = 10_000;

const schema = `
CREATE TABLE IF NOT EXISTS accounts (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  market TEXT NOT NULL,
  locale TEXT NOT NULL,
  created_at INTEGER NOT NULL,          -- milliseconds since the epoch, as all times here
  password_hash TEXT NOT NULL,
  password_set_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS installations (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  platform TEXT NOT NULL,
  store TEXT NOT NULL,
  version TEXT NOT NULL,
  last_seen INTEGER NOT NULL,
  has_offline INTEGER NOT NULL,         -- 0 or 1
  offline_epoch INTEGER NOT NULL        -- of the copies it holds; without meaning while it holds none
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS installations_by_account ON installations (account_id);

-- What oidc-provider keeps, with what a service must find it by: it offers no way to drop all of an account's sessions.
CREATE TABLE IF NOT EXISTS oidc (
  model TEXT NOT NULL,
  id TEXT NOT NULL,
  account_id TEXT,
  grant_id TEXT,
  uid TEXT,
  payload TEXT NOT NULL,
  consumed_at INTEGER,                  -- seconds, as oidc-provider counts
  expires_at INTEGER,                   -- milliseconds
  PRIMARY KEY (model, id)
) STRICT;                               -- ids are random: with a rowid only the small index is written at random
CREATE INDEX IF NOT EXISTS oidc_by_account ON oidc (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS oidc_by_grant ON oidc (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS oidc_by_expiry ON oidc (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS oidc_by_uid ON oidc (uid) WHERE uid IS NOT NULL;

-- Browsers' sessions. The cookie's value is not here, only its SHA-256.
CREATE TABLE IF NOT EXISTS web_sessions (
  cookie_sha256 TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  installation_id TEXT NOT NULL,
  auth_time INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  last_seen INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS web_sessions_by_account ON web_sessions (account_id);

-- Access tokens speak for themselves: what was signed in up to here is ended all the same. Installation '': all of them.
CREATE TABLE IF NOT EXISTS ended_sessions (
  account_id TEXT NOT NULL,
  installation_id TEXT NOT NULL,
  up_to INTEGER NOT NULL,
  PRIMARY KEY (account_id, installation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS api_keys (
  id TEXT PRIMARY KEY,
  key_sha256 TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  auth_time INTEGER NOT NULL,           -- of the session that made it
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS api_keys_by_account ON api_keys (account_id);

CREATE TABLE IF NOT EXISTS guesses (
  bucket TEXT PRIMARY KEY,              -- SHA-256 of an account's name, or an address
  failures INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL,
  forgotten_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS password_resets (
  token_sha256 TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS recovery_codes (
  account_id TEXT NOT NULL,
  code_sha256 TEXT NOT NULL,
  PRIMARY KEY (account_id, code_sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS recovery_cases (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  contact TEXT NOT NULL,
  words TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER                     -- approved or refused
) STRICT, WITHOUT ROWID;

${listeningSchema}
${offlineSchema}
`;

/** Grows with every change of the tables. */
const schemaVersion = 2;

function makeTables(database: DatabaseSync): void {
  const row = database.prepare("PRAGMA user_version").get() as { readonly user_version: number };
  if (row.user_version >= schemaVersion) return;
  // One writer from the start: a reader that turns into a writer is refused without waiting when another wrote meanwhile.
  database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
}

/** Opens the database for reading and writing, and makes it or its tables where they are missing. The file has mode 0600. */
export function openDatabase(file: string): DatabaseSync {
  const database = openWithWriteAheadLog(file, { busyMs, makeTables });
  database.exec("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;");
  return database;
}

/** A connection of its own for a long read: it sees one moment and holds nobody up. */
export function openSnapshot(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true, timeout: busyMs });
}
