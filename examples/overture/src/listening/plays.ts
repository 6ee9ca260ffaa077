import type { DatabaseSync, StatementSync } from "node:sqlite";

interface Play {
  readonly times: number;
  readonly lastAtMs: number;
}

/** How often each account has heard each track. */
export class Plays {
  readonly #add: StatementSync;
  readonly #among: StatementSync;
  readonly #recent: StatementSync;
  readonly #frequent: StatementSync;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      `INSERT INTO plays VALUES (?, ?, ?, 1, ?) ON CONFLICT (account_id, track_id)
       DO UPDATE SET times = times + 1, last_at = max(last_at, excluded.last_at), album_id = excluded.album_id`,
    );
    this.#among = database.prepare(
      `SELECT track_id AS id, times, last_at AS lastAtMs FROM plays WHERE account_id = ?
       AND track_id IN (SELECT value FROM json_each(?))`,
    );
    const albums = "SELECT album_id AS id FROM plays WHERE account_id = ? GROUP BY album_id ORDER BY";
    this.#recent = database.prepare(`${albums} max(last_at) DESC, album_id LIMIT ? OFFSET ?`);
    this.#frequent = database.prepare(`${albums} sum(times) DESC, album_id LIMIT ? OFFSET ?`);
  }

  add(accountId: string, track: { readonly id: string; readonly albumId: string }, atMs: number): void {
    this.#add.run(accountId, track.id, track.albumId, atMs);
  }

  among(accountId: string, trackIds: readonly string[]): ReadonlyMap<string, Play> {
    const rows = this.#among.all(accountId, JSON.stringify(trackIds)) as unknown as (Play & { id: string })[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Albums by when, or how often, the account heard them. */
  albums(
    accountId: string,
    order: "recent" | "frequent",
    part: { offset: number; limit: number },
  ): readonly string[] {
    const statement = order === "recent" ? this.#recent : this.#frequent;
    const rows = statement.all(accountId, part.limit, part.offset) as { readonly id: string }[];
    return rows.map(({ id }) => id);
  }
}
