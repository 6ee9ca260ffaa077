import type { DatabaseSync, StatementSync } from "node:sqlite";

import { errors } from "oidc-provider";
import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

import { apiScope } from "./clients.ts";
import { grantParts } from "./grant-id.ts";
import { apiAudience } from "./token-claims.ts";

interface Row {
  readonly payload: string;
  readonly consumedAt: number | null;
}

interface Statements {
  readonly upsert: StatementSync;
  readonly find: StatementSync;
  readonly findByUid: StatementSync;
  readonly consume: StatementSync;
  readonly destroy: StatementSync;
  readonly revokeByGrant: StatementSync;
}

function prepare(database: DatabaseSync): Statements {
  const row = "SELECT payload, consumed_at AS consumedAt FROM oidc";
  return {
    upsert: database.prepare(
      `INSERT INTO oidc VALUES (?, ?, ?, ?, ?, ?, NULL, ?)
       ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
         account_id = excluded.account_id, grant_id = excluded.grant_id, uid = excluded.uid`,
    ),
    find: database.prepare(`${row} WHERE model = ? AND id = ?`),
    findByUid: database.prepare(`${row} WHERE model = ? AND uid = ?`),
    consume: database.prepare(
      "UPDATE oidc SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL",
    ),
    destroy: database.prepare("DELETE FROM oidc WHERE model = ? AND id = ?"),
    revokeByGrant: database.prepare("DELETE FROM oidc WHERE model = ? AND grant_id = ?"),
  };
}

/** Where oidc-provider keeps its sessions, codes and refresh tokens: one table, indexed by account and by grant. */
class SqliteAdapter implements Adapter {
  readonly #model: string;
  readonly #statements: Statements;
  readonly #nowMs: () => number;

  constructor(model: string, statements: Statements, nowMs: () => number) {
    this.#model = model;
    this.#statements = statements;
    this.#nowMs = nowMs;
  }

  upsert(id: string, payload: AdapterPayload, expiresInSeconds?: number): Promise<void> {
    if (this.#isOwnGrant(id)) return Promise.resolve();
    const expiresAtMs = expiresInSeconds === undefined ? null : this.#nowMs() + expiresInSeconds * 1000;
    this.#statements.upsert.run(
      this.#model,
      id,
      payload.accountId ?? null,
      payload.grantId ?? null,
      payload.uid ?? null,
      JSON.stringify(payload),
      expiresAtMs,
    );
    return Promise.resolve();
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    if (this.#isOwnGrant(id)) return Promise.resolve(this.#ownGrant(id));
    return Promise.resolve(this.#read(this.#statements.find.get(this.#model, id)));
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve(this.#read(this.#statements.findByUid.get(this.#model, uid)));
  }

  /** Overture has no device flow, so there are no user codes. */
  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  // INVARIANT: a code or refresh token is consumed once, also when two instances are asked at the same moment.
  consume(id: string): Promise<void> {
    const { changes } = this.#statements.consume.run(Math.floor(this.#nowMs() / 1000), this.#model, id);
    if (Number(changes) === 1) return Promise.resolve();
    return Promise.reject(new errors.InvalidGrant("already used"));
  }

  destroy(id: string): Promise<void> {
    this.#statements.destroy.run(this.#model, id);
    return Promise.resolve();
  }

  revokeByGrantId(grantId: string): Promise<void> {
    this.#statements.revokeByGrant.run(this.#model, grantId);
    return Promise.resolve();
  }

  #isOwnGrant(id: string): boolean {
    return this.#model === "Grant" && grantParts(id) !== null;
  }

  /** Overture's own apps are granted all they may have; nobody is asked, and the id says the rest. */
  #ownGrant(id: string): AdapterPayload | undefined {
    const parts = grantParts(id);
    if (parts === null) return undefined;
    const { accountId, clientId } = parts;
    const nowSeconds = Math.floor(this.#nowMs() / 1000);
    return {
      jti: id,
      kind: "Grant",
      accountId,
      clientId,
      iat: nowSeconds,
      exp: nowSeconds + 3600,
      openid: { scope: "openid offline_access" },
      resources: { [apiAudience]: apiScope },
    };
  }

  #read(found: unknown): AdapterPayload | undefined {
    const row = found as Row | undefined;
    if (row === undefined) return undefined;
    const payload = JSON.parse(row.payload) as AdapterPayload;
    return row.consumedAt === null ? payload : { ...payload, consumed: row.consumedAt };
  }
}

export function sqliteAdapter(database: DatabaseSync, nowMs: () => number): AdapterFactory {
  const statements = prepare(database);
  return (model) => new SqliteAdapter(model, statements, nowMs);
}

/** Drops one refresh token, as when nobody is going to use it. */
export function dropRefreshToken(database: DatabaseSync, token: string): void {
  database.prepare("DELETE FROM oidc WHERE model = 'RefreshToken' AND id = ?").run(token);
}

/** Removes what has expired, at most `rowsMax` records at a time. Returns how many went. */
export function dropExpired(database: DatabaseSync, nowMs: number, rowsMax: number): number {
  const expired = "SELECT model, id FROM oidc WHERE expires_at < ? LIMIT ?";
  return Number(
    database.prepare(`DELETE FROM oidc WHERE (model, id) IN (${expired})`).run(nowMs, rowsMax).changes,
  );
}
