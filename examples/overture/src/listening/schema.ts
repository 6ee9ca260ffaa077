/** What people keep: each row belongs to one account. Ids of tracks, albums and artists are the library's. */
export const listeningSchema = `
CREATE TABLE IF NOT EXISTS playlists (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  comment TEXT NOT NULL,
  track_ids TEXT NOT NULL,              -- JSON: ids in their order
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS playlists_by_account ON playlists (account_id);

CREATE TABLE IF NOT EXISTS favourites (
  account_id TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- artist, album, track
  item_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, kind, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS plays (
  account_id TEXT NOT NULL,
  track_id TEXT NOT NULL,
  album_id TEXT NOT NULL,
  times INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, track_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS play_queues (
  account_id TEXT PRIMARY KEY,
  track_ids TEXT NOT NULL,              -- JSON
  current_index INTEGER NOT NULL,
  position_ms INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
