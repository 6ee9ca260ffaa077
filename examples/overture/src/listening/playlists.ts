import { randomBytes } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";

const playlistsMax = 1_000;
export const playlistTracksMax = 5_000;

export interface StoredPlaylist {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly comment: string;
  readonly trackIds: readonly string[];
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly revision: number;
}

type Row = Omit<StoredPlaylist, "trackIds"> & { readonly trackIds: string };

interface Change {
  readonly name?: string | undefined;
  readonly comment?: string | undefined;
  readonly trackIds?: readonly string[] | undefined;
  /** The change is refused when the playlist has another revision by now. */
  readonly revision?: number | undefined;
}

const columns = `id, account_id AS accountId, name, comment, track_ids AS trackIds, created_at AS createdAtMs,
  changed_at AS changedAtMs, revision`;

/** Playlists. INVARIANT: every method takes the account, and another account's playlist is as one that is not there. */
export class Playlists {
  readonly #all: StatementSync;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #remove: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare(
      `SELECT ${columns} FROM playlists WHERE account_id = ? ORDER BY name COLLATE NOCASE, id`,
    );
    this.#find = database.prepare(`SELECT ${columns} FROM playlists WHERE account_id = ? AND id = ?`);
    this.#insert = database.prepare("INSERT INTO playlists VALUES (?, ?, ?, ?, ?, ?, ?, 1)");
    this.#update = database.prepare(
      `UPDATE playlists SET name = ?, comment = ?, track_ids = ?, changed_at = ?, revision = revision + 1
       WHERE account_id = ? AND id = ? AND revision = ?`,
    );
    this.#remove = database.prepare("DELETE FROM playlists WHERE account_id = ? AND id = ?");
    this.#count = database.prepare("SELECT count(*) AS count FROM playlists WHERE account_id = ?");
  }

  all(accountId: string): readonly StoredPlaylist[] {
    return (this.#all.all(accountId) as unknown as Row[]).map(stored);
  }

  find(accountId: string, id: string): StoredPlaylist | null {
    const row = this.#find.get(accountId, id) as Row | undefined;
    return row === undefined ? null : stored(row);
  }

  /** Null when the account has as many as it may. */
  make(
    accountId: string,
    { name, comment, trackIds }: { name: string; comment: string; trackIds: readonly string[] },
    nowMs: number,
  ): StoredPlaylist | null {
    const { count } = this.#count.get(accountId) as { readonly count: number };
    if (count >= playlistsMax) return null;
    const id = `pl-${randomBytes(12).toString("base64url")}`;
    this.#insert.run(id, accountId, name, comment, JSON.stringify(trackIds), nowMs, nowMs);
    return this.find(accountId, id);
  }

  /** `missing`: the account has no such playlist; `conflict`: it has changed since the revision that was named. */
  change(
    accountId: string,
    id: string,
    change: Change,
    nowMs: number,
  ): StoredPlaylist | "missing" | "conflict" {
    const before = this.find(accountId, id);
    if (before === null) return "missing";
    if (change.revision !== undefined && change.revision !== before.revision) return "conflict";
    const { changes } = this.#update.run(
      change.name ?? before.name,
      change.comment ?? before.comment,
      JSON.stringify(change.trackIds ?? before.trackIds),
      nowMs,
      accountId,
      id,
      before.revision,
    );
    // Another instance may have been faster.
    return Number(changes) === 1 ? (this.find(accountId, id) ?? "missing") : "conflict";
  }

  /** False when the account has no such playlist. */
  remove(accountId: string, id: string): boolean {
    return Number(this.#remove.run(accountId, id).changes) === 1;
  }
}

function stored(row: Row): StoredPlaylist {
  return { ...row, trackIds: JSON.parse(row.trackIds) as string[] };
}
