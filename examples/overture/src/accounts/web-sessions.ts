import { randomBytes } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";

import { clientIdOf } from "../identity/clients.ts";
import type { SessionFacts } from "../session.ts";
import { secretDigest } from "./secret-digest.ts";

const cookieBytes = 32;
/** A session's `last_seen` is written at most that often. */
const seenEveryMs = 5 * 60_000;

interface Row {
  readonly accountId: string;
  readonly installationId: string;
  readonly authTimeMs: number;
  readonly passwordSetAtMs: number;
  readonly keyId: string;
  readonly lastSeenMs: number;
}

interface NewWebSession {
  readonly accountId: string;
  readonly installationId: string;
  readonly authTimeMs: number;
  readonly keyId: string;
}

/** The sessions of browsers: all that a browser holds is a random cookie. */
export class WebSessions {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #seen: StatementSync;
  readonly #end: StatementSync;
  readonly #dropExpired: StatementSync;
  readonly #lifeMs: number;

  constructor(database: DatabaseSync, lifeMs: number) {
    this.#find = database.prepare(
      `SELECT account_id AS accountId, installation_id AS installationId, auth_time AS authTimeMs,
              password_set_at AS passwordSetAtMs, key_id AS keyId, last_seen AS lastSeenMs
       FROM web_sessions JOIN accounts ON accounts.id = account_id WHERE cookie_sha256 = ? AND expires_at > ?`,
    );
    this.#insert = database.prepare("INSERT INTO web_sessions VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#seen = database.prepare("UPDATE web_sessions SET last_seen = ? WHERE cookie_sha256 = ?");
    this.#end = database.prepare("DELETE FROM web_sessions WHERE cookie_sha256 = ?");
    this.#dropExpired = database.prepare("DELETE FROM web_sessions WHERE expires_at <= ?");
    this.#lifeMs = lifeMs;
  }

  get lifeMs(): number {
    return this.#lifeMs;
  }

  /** The cookie of a new session: always a fresh one, so that nobody can bring a session that they already know. */
  begin(session: NewWebSession, nowMs: number): string {
    const cookie = randomBytes(cookieBytes).toString("base64url");
    const { accountId, installationId, authTimeMs, keyId } = session;
    this.#insert.run(
      secretDigest(cookie),
      accountId,
      installationId,
      authTimeMs,
      keyId,
      nowMs,
      nowMs + this.#lifeMs,
    );
    return cookie;
  }

  /** Null for a cookie of no session. */
  read(cookie: string, nowMs: number): SessionFacts | null {
    const digest = secretDigest(cookie);
    const row = this.#find.get(digest, nowMs) as Row | undefined;
    if (row === undefined) return null;
    if (nowMs - row.lastSeenMs > seenEveryMs) this.#seen.run(nowMs, digest);
    const { accountId, installationId, authTimeMs, passwordSetAtMs, keyId } = row;
    return { accountId, clientId: clientIdOf("web"), installationId, authTimeMs, passwordSetAtMs, keyId };
  }

  end(cookie: string): void {
    this.#end.run(secretDigest(cookie));
  }

  dropExpired(nowMs: number): void {
    this.#dropExpired.run(nowMs);
  }
}
