import type { DatabaseSync, StatementSync } from "node:sqlite";

import { grantParts } from "../identity/grant-id.ts";

interface SignedInSince {
  readonly accountId: string;
  readonly installationId: string;
  readonly authTimeMs: number;
}

const everywhere = "";

/** Ends sessions, whatever they are made of: browsers' cookies, refresh and access tokens, API keys. */
export class AccountSessions {
  readonly #database: DatabaseSync;
  readonly #ended: StatementSync;
  readonly #end: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#ended = database.prepare(
      "SELECT max(up_to) AS upToMs FROM ended_sessions WHERE account_id = ? AND installation_id IN (?, '')",
    );
    this.#end = database.prepare(
      `INSERT INTO ended_sessions VALUES (?, ?, ?)
       ON CONFLICT (account_id, installation_id) DO UPDATE SET up_to = max(up_to, excluded.up_to)`,
    );
  }

  /** Whether the session was ended, which an access token can't know by itself. */
  isEnded({ accountId, installationId, authTimeMs }: SignedInSince): boolean {
    const row = this.#ended.get(accountId, installationId) as { readonly upToMs: number | null } | undefined;
    return row?.upToMs !== undefined && row.upToMs !== null && authTimeMs <= row.upToMs;
  }

  /** Ends all sessions and API keys of an account. */
  endAll(accountId: string, nowMs: number): void {
    this.#in(() => {
      for (const table of ["oidc", "web_sessions", "api_keys"])
        this.#database.prepare(`DELETE FROM ${table} WHERE account_id = ?`).run(accountId);
      this.#end.run(accountId, everywhere, nowMs);
    });
  }

  /** Ends the sessions of one installation. */
  endInstallation(accountId: string, installationId: string, nowMs: number): void {
    this.#in(() => {
      this.#forget(accountId, (each) => each === installationId);
      this.#end.run(accountId, installationId, nowMs);
    });
  }

  /** Ends all sessions but those of one installation, and all API keys. */
  endOthers(accountId: string, keptInstallationId: string, nowMs: number): void {
    const known = this.#database.prepare("SELECT id FROM installations WHERE account_id = ? AND id <> ?");
    this.#in(() => {
      this.#forget(accountId, (each) => each !== keptInstallationId);
      this.#database.prepare("DELETE FROM api_keys WHERE account_id = ?").run(accountId);
      for (const { id } of known.all(accountId, keptInstallationId) as { id: string }[])
        this.#end.run(accountId, id, nowMs);
    });
  }

  /** The account's installations that still hold a session. */
  signedIn(accountId: string, nowMs: number): ReadonlySet<string> {
    const web = this.#database
      .prepare("SELECT installation_id AS id FROM web_sessions WHERE account_id = ? AND expires_at > ?")
      .all(accountId, nowMs) as { id: string }[];
    const apps = this.#database
      .prepare(
        `SELECT DISTINCT grant_id AS grantId FROM oidc WHERE model = 'RefreshToken' AND account_id = ?
         AND consumed_at IS NULL AND expires_at > ?`,
      )
      .all(accountId, nowMs) as { grantId: string | null }[];
    const ids = apps.flatMap(({ grantId }) => grantParts(grantId ?? "")?.installationId ?? []);
    return new Set([...web.map(({ id }) => id), ...ids]);
  }

  #forget(accountId: string, isMeant: (installationId: string) => boolean): void {
    const grants = this.#database
      .prepare("SELECT DISTINCT grant_id AS grantId FROM oidc WHERE account_id = ? AND grant_id IS NOT NULL")
      .all(accountId) as { grantId: string }[];
    for (const { grantId } of grants) {
      const parts = grantParts(grantId);
      if (parts === null || isMeant(parts.installationId))
        this.#database.prepare("DELETE FROM oidc WHERE grant_id = ?").run(grantId);
    }
    // The provider's own sessions know no installation: they only spare a browser the password page, so all go.
    this.#database.prepare("DELETE FROM oidc WHERE model = 'Session' AND account_id = ?").run(accountId);
    const browsers = this.#database
      .prepare("SELECT DISTINCT installation_id AS id FROM web_sessions WHERE account_id = ?")
      .all(accountId) as { id: string }[];
    for (const { id } of browsers) {
      if (isMeant(id))
        this.#database
          .prepare("DELETE FROM web_sessions WHERE account_id = ? AND installation_id = ?")
          .run(accountId, id);
    }
  }

  #in(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
