import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

import { secretDigest } from "./secret-digest.ts";

const tokenBytes = 32;
const resetLifeMs = 60 * 60_000;

/** Links to set a new password: each works once, for an hour, and only the newest of an account. */
export class PasswordResets {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  make(accountId: string, nowMs: number): string {
    const token = randomBytes(tokenBytes).toString("base64url");
    this.#database.prepare("DELETE FROM password_resets WHERE account_id = ?").run(accountId);
    this.#database
      .prepare("INSERT INTO password_resets VALUES (?, ?, ?)")
      .run(secretDigest(token), accountId, nowMs + resetLifeMs);
    return token;
  }

  /** Whose password the link sets, without using it up; null when it has expired, was used or never was. */
  accountOf(token: string, nowMs: number): string | null {
    const row = this.#database
      .prepare(
        "SELECT account_id AS accountId FROM password_resets WHERE token_sha256 = ? AND expires_at > ?",
      )
      .get(secretDigest(token), nowMs) as { readonly accountId: string } | undefined;
    return row?.accountId ?? null;
  }

  /** Uses the link up: of two at the same moment one gets the account. */
  use(token: string, nowMs: number): string | null {
    const row = this.#database
      .prepare(
        `DELETE FROM password_resets WHERE token_sha256 = ? AND expires_at > ?
         RETURNING account_id AS accountId`,
      )
      .get(secretDigest(token), nowMs) as { readonly accountId: string } | undefined;
    return row?.accountId ?? null;
  }

  dropExpired(nowMs: number): void {
    this.#database.prepare("DELETE FROM password_resets WHERE expires_at <= ?").run(nowMs);
  }
}
