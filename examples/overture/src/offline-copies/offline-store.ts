import type { DatabaseSync } from "node:sqlite";

const offlinePlaylistsMax = 200;

/** What each installation takes offline, and the key its licences are for. */
export class OfflineStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  enrol(installationId: string, spki: Buffer, nowMs: number): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO offline_keys VALUES (?, ?, ?)")
      .run(installationId, spki, nowMs);
  }

  /** The installation's public key in SPKI; null before it enrolled. */
  spki(installationId: string): Buffer | null {
    const row = this.#database
      .prepare("SELECT spki FROM offline_keys WHERE installation_id = ?")
      .get(installationId) as { readonly spki: Uint8Array } | undefined;
    return row === undefined ? null : Buffer.from(row.spki);
  }

  /** False when the installation takes as many offline as it may. */
  keep(installationId: string, playlistId: string): boolean {
    if (this.playlistIds(installationId).length >= offlinePlaylistsMax) return false;
    this.#database
      .prepare("INSERT INTO offline_playlists VALUES (?, ?) ON CONFLICT DO NOTHING")
      .run(installationId, playlistId);
    return true;
  }

  drop(installationId: string, playlistId: string): void {
    this.#database
      .prepare("DELETE FROM offline_playlists WHERE installation_id = ? AND playlist_id = ?")
      .run(installationId, playlistId);
  }

  playlistIds(installationId: string): readonly string[] {
    const rows = this.#database
      .prepare(
        "SELECT playlist_id AS id FROM offline_playlists WHERE installation_id = ? ORDER BY playlist_id",
      )
      .all(installationId) as { readonly id: string }[];
    return rows.map(({ id }) => id);
  }

  /** Whether the track is on a playlist that the installation takes offline, and that is its account's. */
  holds(accountId: string, installationId: string, trackId: string): boolean {
    const row = this.#database
      .prepare(
        `SELECT 1 FROM offline_playlists o JOIN playlists p ON p.id = o.playlist_id AND p.account_id = ?
         JOIN json_each(p.track_ids) t ON t.value = ? WHERE o.installation_id = ? LIMIT 1`,
      )
      .get(accountId, trackId, installationId);
    return row !== undefined;
  }
}
