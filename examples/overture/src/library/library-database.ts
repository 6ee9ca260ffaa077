import type { DatabaseSync } from "node:sqlite";
import { openWithWriteAheadLog } from "../write-ahead-log.ts";

/** The library in a file of its own: a scan writes it for a minute, and nobody's sign-in waits for that. */
const busyMs = 30_000;

const schema = `
CREATE TABLE IF NOT EXISTS libraries (
  id TEXT PRIMARY KEY,
  folder TEXT NOT NULL,
  name TEXT NOT NULL,
  withdrawn INTEGER NOT NULL            -- 1: its tracks are kept, and given to nobody
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tracks (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  library_id TEXT NOT NULL,
  path TEXT NOT NULL,                   -- below the library's folder
  size_bytes INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,          -- of the file, in milliseconds
  title TEXT NOT NULL,
  artist TEXT NOT NULL,
  artist_id TEXT NOT NULL,
  album TEXT NOT NULL,
  album_id TEXT NOT NULL,
  album_artist TEXT NOT NULL,
  album_artist_id TEXT NOT NULL,
  disc INTEGER,
  number INTEGER,
  year INTEGER,
  genre TEXT,
  duration_ms INTEGER NOT NULL,
  bit_rate INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  cover_id TEXT,
  added_at INTEGER NOT NULL,
  UNIQUE (library_id, path)
) STRICT;
CREATE INDEX IF NOT EXISTS tracks_by_album ON tracks (album_id, disc, number);
CREATE INDEX IF NOT EXISTS tracks_by_artist ON tracks (artist_id);

CREATE TABLE IF NOT EXISTS unreadable (
  library_id TEXT NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (library_id, path)
) STRICT, WITHOUT ROWID;

-- Made from the tracks after each scan.
CREATE TABLE IF NOT EXISTS albums (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  artist TEXT NOT NULL,
  artist_id TEXT NOT NULL,
  year INTEGER,
  genre TEXT,
  cover_id TEXT,
  track_count INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS albums_by_artist ON albums (artist_id);
CREATE TABLE IF NOT EXISTS artists (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  album_count INTEGER NOT NULL,
  cover_id TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS covers (
  id TEXT PRIMARY KEY,
  content_type TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE IF NOT EXISTS search_tracks USING fts5
  (title, artist, album, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3');
CREATE VIRTUAL TABLE IF NOT EXISTS search_albums USING fts5
  (title, artist, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3');
CREATE VIRTUAL TABLE IF NOT EXISTS search_artists USING fts5
  (name, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3');
`;

function makeTables(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
}

/** Opens the library's database, and makes it where it is missing (mode 0600). */
export function openLibraryDatabase(file: string): DatabaseSync {
  const database = openWithWriteAheadLog(file, { busyMs, makeTables });
  database.exec("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;");
  return database;
}
