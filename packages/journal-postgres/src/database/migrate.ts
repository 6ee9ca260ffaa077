import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { JournalError } from "../errors.ts";
import { inTransaction } from "./transaction.ts";

/** A set of numbered `.sql` files that belong to one schema. */
export interface MigrationSet {
  /** The schema, made when absent, in which the files' tables and the record of what ran stand. */
  readonly schema: string;
  /** `0001-name.sql`, `0002-…`: run once each, in the order of their names. */
  readonly folder: string;
}

/** The first words of a file that servers of earlier versions can go on beside. */
const additiveMark = "-- additive:";

/**
 * Runs the files that have not run yet, all in one transaction. Processes that start together wait for each other. A
 * database that a later version has changed is taken when each change says that it is additive; else throws
 * ERR_JOURNAL_NEWER, before anything is written.
 */
export async function migrate(pool: pg.Pool, { schema, folder }: MigrationSet): Promise<void> {
  if (!/^[a-z_]+$/.test(schema)) throw new TypeError(`\`${schema}\` is no schema name`);
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  await inTransaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock(hashtext($1))", [`cordon.migration.${schema}`]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.migration (name text primary key, applied_at timestamptz not null default now())`,
    );
    await client.query(
      `alter table ${schema}.migration add column if not exists additive boolean not null default false`,
    );
    const { rows } = await client.query<{ name: string; additive: boolean }>(
      `select name, additive from ${schema}.migration order by name`,
    );
    const known = new Set(names);
    const foreign = rows.find(({ name, additive }) => !additive && !known.has(name));
    if (foreign !== undefined) throw newer(schema, foreign.name);
    const applied = new Set(rows.map(({ name }) => name));
    for (const name of names.filter((candidate) => !applied.has(candidate))) {
      const text = await readFile(path.join(folder, name), "utf8");
      await client.query(text);
      await client.query(`insert into ${schema}.migration (name, additive) values ($1, $2)`, [
        name,
        text.startsWith(additiveMark),
      ]);
    }
  });
}

function newer(schema: string, name: string): JournalError {
  return new JournalError(
    "ERR_JOURNAL_NEWER",
    `the database was changed by a later version (\`${schema}/${name}\`), which this version can't work with`,
    { hint: "start the later version, or restore a backup from before it" },
  );
}
