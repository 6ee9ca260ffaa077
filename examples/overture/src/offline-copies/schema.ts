/** Offline copies: whose key they are for, which playlists, and who waits to download. */
export const offlineSchema = `
CREATE TABLE IF NOT EXISTS offline_keys (
  installation_id TEXT PRIMARY KEY,
  spki BLOB NOT NULL,
  enrolled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS offline_playlists (
  installation_id TEXT NOT NULL,
  playlist_id TEXT NOT NULL,
  PRIMARY KEY (installation_id, playlist_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS download_tickets (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  installation_id TEXT NOT NULL UNIQUE,
  asked_at INTEGER NOT NULL,            -- the last time: who asks no more is forgotten
  admitted_until INTEGER                -- NULL: waiting
) STRICT;
CREATE TABLE IF NOT EXISTS download_pace (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  admitted_at INTEGER NOT NULL          -- the last admission
) STRICT;
`;
