import { readFile } from "node:fs/promises";
import { sql, type QueryExecutorProvider } from "kysely";

/**
 * The part of `Kysely<…>` that the ledger needs: any database object of it will do. A sender keeps one connection out of
 * the pool for as long as it sends, so its pool must have more than one and must listen to the errors of connections
 * that are out (`pool.on("connect", (client) => client.on("error", …))`): else node-pg ends the process when
 * PostgreSQL goes away.
 */
export type LedgerDatabase = QueryExecutorProvider & {
  connection(): { execute<T>(run: (connection: QueryExecutorProvider) => Promise<T>): Promise<T> };
  transaction(): { execute<T>(run: (transaction: QueryExecutorProvider) => Promise<T>): Promise<T> };
};

const migrations = ["0001-delivery-ledger", "0002-packed-ledger", "0003-suppressed"] as const;

/** Brings the schema `notices` up to date; does nothing when it is. Safe to run from several processes at once. */
export async function migrateNotices(db: LedgerDatabase): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    // One process migrates, the others wait here and then find it done.
    await sql`select pg_advisory_xact_lock(hashtext('cordon.notices.migration'))`.execute(transaction);
    await sql`create schema if not exists notices`.execute(transaction);
    await sql`create table if not exists notices.migration (name text primary key, applied_at timestamptz not null default now())`.execute(
      transaction,
    );
    const applied = await sql<{ name: string }>`select name from notices.migration`.execute(transaction);
    const names = new Set(applied.rows.map((row) => row.name));
    for (const name of migrations) {
      if (names.has(name)) continue;
      const text = await readFile(new URL(`../../migrations/${name}.sql`, import.meta.url), "utf8");
      await sql.raw(text).execute(transaction);
      await sql`insert into notices.migration (name) values (${name})`.execute(transaction);
    }
  });
}
