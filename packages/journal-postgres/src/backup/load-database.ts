import { readFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { Database } from "../database/database.ts";
import { inTransaction } from "../database/transaction.ts";
import { JournalError } from "../errors.ts";
import { backupTables, migrationsOf, quoted, tableName, type BackupTable } from "./tables.ts";

export interface LoadOptions {
  readonly home: string;
  readonly databaseUrl: string | null;
  readonly randomBytes: (count: number) => Uint8Array;
  /** The migrations that had run where the rows come from, by schema. */
  readonly migrations: { readonly [schema: string]: readonly string[] };
  /** Where the migrations of each schema lie. */
  readonly folders: { readonly [schema: string]: string };
  readonly pieces: AsyncIterable<{
    readonly schema: string;
    readonly name: string;
    readonly lines: string;
  }>;
}

const rowsAtOnce = 500;

/**
 * Fills an empty database with what `dumpDatabase` took, all in one transaction: the schemas as they were, then the rows. Later
 * migrations run when a server opens it. Throws ERR_JOURNAL_NEWER for a backup of a later version, and ERR_JOURNAL_TAMPERED where the
 * database is not empty.
 */
export async function loadDatabase(options: LoadOptions): Promise<void> {
  const database = await Database.open({ ...options, home: path.resolve(options.home) });
  database.stopAtExit();
  try {
    await inTransaction(database.pool, async (client) => {
      const there = Object.keys(await migrationsOf(client));
      if (there.length > 0)
        throw new JournalError(
          "ERR_JOURNAL_TAMPERED",
          `the database holds \`${there.join("`, `")}\` already`,
          {
            hint: "restore into an empty database",
          },
        );
      await makeSchemas(client, options);
      const tables = new Map(
        (await backupTables(client)).map((table) => [`${table.schema}.${table.name}`, table]),
      );
      for await (const { schema, name, lines } of options.pieces) {
        const table = tables.get(`${schema}.${name}`);
        if (table === undefined)
          throw new JournalError("ERR_JOURNAL_NEWER", `the backup holds a table \`${schema}.${name}\``);
        await insertRows(client, table, lines.split("\n"));
      }
      for (const table of tables.values()) await setSequences(client, table);
    });
  } finally {
    await database.close("when-started");
  }
}

async function makeSchemas(
  client: pg.PoolClient,
  { migrations, folders }: Pick<LoadOptions, "migrations" | "folders">,
): Promise<void> {
  for (const [schema, names] of Object.entries(migrations)) {
    const folder = folders[schema];
    if (folder === undefined)
      throw new JournalError("ERR_JOURNAL_NEWER", `the backup holds a schema \`${schema}\``, {
        hint: "restore it with the version that made it",
      });
    await client.query(`create schema ${quoted(schema)}`);
    await client.query(
      `create table ${quoted(schema)}.migration (name text primary key, applied_at timestamptz not null default now())`,
    );
    for (const name of names) {
      await client.query(await migrationText(schema, folder, name));
      await client.query(`insert into ${quoted(schema)}.migration (name) values ($1)`, [name]);
    }
  }
}

async function migrationText(schema: string, folder: string, name: string): Promise<string> {
  if (!/^\d{4}-[a-z0-9-]+(\.sql)?$/.test(name)) throw new TypeError(`\`${name}\` is no migration`);
  try {
    return await readFile(path.join(folder, name.endsWith(".sql") ? name : `${name}.sql`), "utf8");
  } catch (cause) {
    throw new JournalError(
      "ERR_JOURNAL_NEWER",
      `the backup was made by a later version (\`${schema}/${name}\`)`,
      {
        hint: "restore it with the version that made it",
        cause,
      },
    );
  }
}

async function insertRows(
  client: pg.PoolClient,
  table: BackupTable,
  lines: readonly string[],
): Promise<void> {
  const columns = table.columns.map(quoted).join(", ");
  for (let at = 0; at < lines.length; at += rowsAtOnce) {
    const rows = `[${lines.slice(at, at + rowsAtOnce).join(",")}]`;
    await client.query(
      `insert into ${tableName(table)} (${columns}) overriding system value
       select ${columns} from json_populate_recordset(null::${tableName(table)}, $1::json)`,
      [rows],
    );
  }
}

/** Numbers that the database gives out go on behind those that are there. */
async function setSequences(client: pg.PoolClient, table: BackupTable): Promise<void> {
  for (const column of table.columns) {
    const { rows } = await client.query<{ sequence: string | null }>(
      "select pg_get_serial_sequence($1, $2) as sequence",
      [tableName(table), column],
    );
    const sequence = rows[0]?.sequence ?? null;
    if (sequence === null) continue;
    await client.query(
      `select setval($1, coalesce((select max(${quoted(column)}) from ${tableName(table)}), 1),
                     exists (select from ${tableName(table)}))`,
      [sequence],
    );
  }
}
