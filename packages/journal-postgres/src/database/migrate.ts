import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { inTransaction } from "./transaction.ts";

/** A set of numbered `.sql` files that belong to one schema. */
export interface MigrationSet {
  /** The schema, made when absent, in which the files' tables and the record of what ran stand. */
  readonly schema: string;
  /** `0001-name.sql`, `0002-…`: run once each, in the order of their names. */
  readonly folder: string;
}

/** Runs the files that have not run yet, all in one transaction. Processes that start together wait for each other. */
export async function migrate(pool: pg.Pool, { schema, folder }: MigrationSet): Promise<void> {
  if (!/^[a-z_]+$/.test(schema)) throw new TypeError(`\`${schema}\` is no schema name`);
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  await inTransaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock(hashtext($1))", [`cordon.migration.${schema}`]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.migration (name text primary key, applied_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<{ name: string }>(`select name from ${schema}.migration`);
    const applied = new Set(rows.map(({ name }) => name));
    for (const name of names.filter((candidate) => !applied.has(candidate))) {
      await client.query(await readFile(path.join(folder, name), "utf8"));
      await client.query(`insert into ${schema}.migration (name) values ($1)`, [name]);
    }
  });
}
