import type { DatabaseSync, StatementSync } from "node:sqlite";

import { hashPassword, passwordMatches } from "./password-hash.ts";
import type { PasswordCost } from "./password-hash.ts";

export interface Account {
  readonly id: string;
  /** Its name at sign-in. */
  readonly email: string;
  readonly passwordSetAtMs: number;
}

/** The accounts of Overture. An account's name at sign-in is its e-mail address. */
export class Accounts {
  readonly #byId: StatementSync;
  readonly #market: StatementSync;
  readonly #byEmail: StatementSync;
  readonly #setPassword: StatementSync;
  readonly #cost: PasswordCost;
  readonly #nobodysHash: string;

  constructor(database: DatabaseSync, cost: PasswordCost) {
    this.#byId = database.prepare(
      "SELECT id, email, password_set_at AS passwordSetAtMs FROM accounts WHERE id = ?",
    );
    this.#market = database.prepare("SELECT market FROM accounts WHERE id = ?");
    this.#byEmail = database.prepare(
      "SELECT id, email, password_set_at AS passwordSetAtMs, password_hash AS hash FROM accounts WHERE email = ?",
    );
    this.#setPassword = database.prepare(
      "UPDATE accounts SET password_hash = ?, password_set_at = ? WHERE id = ?",
    );
    this.#cost = cost;
    this.#nobodysHash = hashPassword("", cost);
  }

  find(id: string): Account | null {
    return (this.#byId.get(id) as Account | undefined) ?? null;
  }

  /** ISO 3166; null for an account that is gone. */
  marketOf(id: string): string | null {
    const row = this.#market.get(id) as { readonly market: string } | undefined;
    return row?.market ?? null;
  }

  findByEmail(email: string): Account | null {
    const row = this.#byEmail.get(email) as (Account & { readonly hash: string }) | undefined;
    return row === undefined ? null : { id: row.id, email: row.email, passwordSetAtMs: row.passwordSetAtMs };
  }

  /** Null when the e-mail address is unknown or the password wrong; both take the same time. */
  async signIn(email: string, password: string): Promise<Account | null> {
    const row = this.#byEmail.get(email) as (Account & { readonly hash: string }) | undefined;
    const matches = await passwordMatches(password, row?.hash ?? this.#nobodysHash);
    if (!matches || row === undefined) return null;
    return { id: row.id, email: row.email, passwordSetAtMs: row.passwordSetAtMs };
  }

  setPassword(id: string, password: string, atMs: number): void {
    this.#setPassword.run(hashPassword(password, this.#cost), atMs, id);
  }
}
