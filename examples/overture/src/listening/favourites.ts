import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { FavouriteKind } from "../api/library-api.ts";

/** Of one account. */
const favouritesMax = 20_000;

/** What each account has marked. */
export class Favourites {
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #among: StatementSync;
  readonly #all: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare("INSERT INTO favourites VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
    this.#remove = database.prepare(
      "DELETE FROM favourites WHERE account_id = ? AND kind = ? AND item_id = ?",
    );
    this.#among = database.prepare(
      `SELECT item_id AS id, at FROM favourites WHERE account_id = ? AND kind = ?
       AND item_id IN (SELECT value FROM json_each(?))`,
    );
    this.#all = database.prepare(
      "SELECT item_id AS id, at FROM favourites WHERE account_id = ? AND kind = ? ORDER BY at DESC, item_id",
    );
    this.#count = database.prepare("SELECT count(*) AS count FROM favourites WHERE account_id = ?");
  }

  /** False when the account has as many as it may. */
  add(accountId: string, kind: FavouriteKind, id: string, nowMs: number): boolean {
    const { count } = this.#count.get(accountId) as { readonly count: number };
    if (count >= favouritesMax) return false;
    this.#add.run(accountId, kind, id, nowMs);
    return true;
  }

  remove(accountId: string, kind: FavouriteKind, id: string): void {
    this.#remove.run(accountId, kind, id);
  }

  /** Which of `ids` are favourites, and since when. */
  among(accountId: string, kind: FavouriteKind, ids: readonly string[]): ReadonlyMap<string, number> {
    return byId(this.#among.all(accountId, kind, JSON.stringify(ids)));
  }

  /** The latest first. */
  all(accountId: string, kind: FavouriteKind): ReadonlyMap<string, number> {
    return byId(this.#all.all(accountId, kind));
  }
}

function byId(rows: readonly unknown[]): ReadonlyMap<string, number> {
  return new Map((rows as { readonly id: string; readonly at: number }[]).map(({ id, at }) => [id, at]));
}
