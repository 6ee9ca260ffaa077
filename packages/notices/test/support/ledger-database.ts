import { startTestPostgres } from "@cordon/testkit";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { DeliveryLedger, migrateNotices, type LedgerDatabase } from "../../src/index.ts";

export type LedgerDatabaseForTests = {
  readonly url: string;
  readonly pid: number;
  readonly db: LedgerDatabase;
  readonly ledger: DeliveryLedger;
  /** Rows of a query of the test's own. */
  readonly rows: (text: string) => Promise<readonly { readonly [column: string]: unknown }[]>;
  readonly stop: () => Promise<void>;
};

export function connect(url: string): {
  readonly db: LedgerDatabase;
  readonly pool: pg.Pool;
  readonly close: () => Promise<void>;
} {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  // node-pg throws what a connection meets between two queries unless somebody listens: idle ones in the pool, and the
  // sender's own, which is out of the pool as long as it works. Its next query fails anyway.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => db.destroy() };
}

export async function startLedgerDatabase(): Promise<LedgerDatabaseForTests> {
  const postgres = await startTestPostgres();
  const { db, pool, close } = connect(postgres.url);
  await migrateNotices(db);
  return {
    url: postgres.url,
    pid: postgres.pid,
    db,
    ledger: new DeliveryLedger(db, () => Date.now()),
    async rows(text) {
      const result = await pool.query<{ [column: string]: unknown }>(text);
      return result.rows;
    },
    async stop() {
      await close();
      await postgres.stop();
    },
  };
}
