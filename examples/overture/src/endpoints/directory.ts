import { Readable } from "node:stream";
import type { DatabaseSync } from "node:sqlite";

import { formatInstant } from "@cordon/model";
import type { FastifyInstance } from "fastify";

import { openSnapshot } from "../accounts/database.ts";
import { isAdmin } from "./admin-token.ts";

interface DirectoryOptions {
  readonly databaseFile: string;
  readonly adminToken: string;
}

const chunkChars = 64 * 1024;

interface AccountRow {
  readonly id: string;
  readonly createdAt: number;
  readonly market: string;
  readonly locale: string;
  readonly email: string;
  readonly passwordSetAt: number;
}

interface InstallationRow {
  readonly accountId: string;
  readonly platform: string;
  readonly store: string;
  readonly version: string;
  readonly lastSeen: number;
  readonly hasOffline: number;
}

/** The accounts of one moment, in the columns of Cordon's directory. */
function* accountLines(database: DatabaseSync): Generator<string> {
  const rows = database.prepare(
    "SELECT id, created_at AS createdAt, market, locale, email, password_set_at AS passwordSetAt FROM accounts",
  );
  for (const found of rows.iterate()) {
    const row = found as unknown as AccountRow;
    yield JSON.stringify({
      account_id: row.id,
      created_at: formatInstant(row.createdAt),
      market: row.market,
      locale: row.locale,
      email: row.email,
      password_set_at: formatInstant(row.passwordSetAt),
    });
  }
}

function* installationLines(database: DatabaseSync): Generator<string> {
  const rows = database.prepare(
    `SELECT account_id AS accountId, platform, store, version, last_seen AS lastSeen, has_offline AS hasOffline
     FROM installations`,
  );
  for (const found of rows.iterate()) {
    const row = found as unknown as InstallationRow;
    yield JSON.stringify({
      account_id: row.accountId,
      platform: row.platform,
      store: row.store,
      version: row.version,
      last_seen: formatInstant(row.lastSeen),
      has_offline: row.hasOffline === 1,
    });
  }
}

/** The lines in chunks; the snapshot is closed at the end, also when the reader goes away. */
function* chunks(file: string, linesOf: (database: DatabaseSync) => Generator<string>): Generator<string> {
  const database = openSnapshot(file);
  try {
    let chunk = "";
    for (const line of linesOf(database)) {
      chunk += `${line}\n`;
      if (chunk.length < chunkChars) continue;
      yield chunk;
      chunk = "";
    }
    if (chunk !== "") yield chunk;
  } finally {
    database.close();
  }
}

/** GET /admin/directory/accounts.jsonl and installations.jsonl: the directory as it is now, for the admin token. */
export function registerDirectory(app: FastifyInstance, options: DirectoryOptions): void {
  const exports = { accounts: accountLines, installations: installationLines };
  for (const [name, linesOf] of Object.entries(exports)) {
    app.get(`/admin/directory/${name}.jsonl`, { config: { cordon: "open" } }, (request, reply) => {
      if (!isAdmin(request, options.adminToken)) {
        return reply.code(401).header("www-authenticate", "Bearer").send();
      }
      return reply
        .type("application/jsonl")
        .header("cache-control", "no-store")
        .send(Readable.from(chunks(options.databaseFile, linesOf), { objectMode: false }));
    });
  }
}
