import { DeliveryLedger, type LedgerDatabase } from "@cordon/notices";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";

export interface LedgerConnection {
  readonly db: LedgerDatabase;
  readonly pool: pg.Pool;
  readonly ledger: DeliveryLedger;
  readonly close: () => Promise<void>;
}

/** A ledger over a pool of its own, as a server has it. */
export function connectLedger(url: string): LedgerConnection {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, ledger: new DeliveryLedger(db, Date.now), close: () => db.destroy() };
}
