import { randomBytes } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";

import { secretDigest } from "./secret-digest.ts";

export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
}

/** Whose key it is, and since when the person behind it is known. */
export interface KeyOwner {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly authTimeMs: number;
  readonly passwordSetAtMs: number;
}

const keyBytes = 32;
const apiKeysMax = 20;
const usedEveryMs = 5 * 60_000;

/** Keys for older clients, in place of the password: random, hashed, listed and revocable. */
export class ApiKeys {
  readonly #database: DatabaseSync;
  readonly #find: StatementSync;
  readonly #used: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#find = database.prepare(
      `SELECT api_keys.id AS id, account_id AS accountId, email, auth_time AS authTimeMs,
              password_set_at AS passwordSetAtMs, last_used_at AS lastUsedAtMs
       FROM api_keys JOIN accounts ON accounts.id = account_id WHERE key_sha256 = ?`,
    );
    this.#used = database.prepare("UPDATE api_keys SET last_used_at = ? WHERE id = ?");
  }

  /** Null when the account has as many as it may. `authTimeMs` is that of the session which asks: no key is fresher. */
  make(
    accountId: string,
    name: string,
    authTimeMs: number,
    nowMs: number,
  ): (KeyRow & { readonly key: string }) | null {
    if (this.list(accountId).length >= apiKeysMax) return null;
    const id = `key-${randomBytes(9).toString("base64url")}`;
    const key = `ovk_${randomBytes(keyBytes).toString("base64url")}`;
    this.#database
      .prepare("INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, NULL)")
      .run(id, secretDigest(key), accountId, name, authTimeMs, nowMs);
    return { id, name, createdAtMs: nowMs, lastUsedAtMs: null, key };
  }

  owner(key: string, nowMs: number): KeyOwner | null {
    const row = this.#find.get(secretDigest(key)) as
      (KeyOwner & { readonly lastUsedAtMs: number | null }) | undefined;
    if (row === undefined) return null;
    if (nowMs - (row.lastUsedAtMs ?? 0) > usedEveryMs) this.#used.run(nowMs, row.id);
    return row;
  }

  list(accountId: string): readonly KeyRow[] {
    return this.#database
      .prepare(
        `SELECT id, name, created_at AS createdAtMs, last_used_at AS lastUsedAtMs FROM api_keys
         WHERE account_id = ? ORDER BY created_at, id`,
      )
      .all(accountId) as unknown as KeyRow[];
  }

  /** False when the account has no such key. */
  revoke(accountId: string, id: string): boolean {
    const { changes } = this.#database
      .prepare("DELETE FROM api_keys WHERE account_id = ? AND id = ?")
      .run(accountId, id);
    return Number(changes) === 1;
  }
}
