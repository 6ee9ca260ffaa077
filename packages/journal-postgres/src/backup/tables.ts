import type pg from "pg";

/** A table as it is taken into a backup. */
export interface BackupTable {
  readonly schema: string;
  readonly name: string;
  /** Without those that the database fills in itself. */
  readonly columns: readonly string[];
}

type Queryable = Pick<pg.ClientBase, "query">;

/** What belongs to the running servers, not to what they hold. */
const left: ReadonlySet<string> = new Set(["journal.home", "journal.lease"]);

/** An SQL identifier, quoted. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function tableName({ schema, name }: Pick<BackupTable, "schema" | "name">): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/**
 * The lasting tables of every schema that migrations made, in an order in which they can be filled: a table comes after those
 * that it refers to.
 */
export async function backupTables(client: Queryable): Promise<readonly BackupTable[]> {
  const { rows } = await client.query<{ schema: string; name: string; columns: string[]; refers: string[] }>(
    `select n.nspname as schema, c.relname as name,
            array(select a.attname::text from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                  order by a.attnum) as columns,
            array(select k.confrelid::regclass::text from pg_constraint k
                  where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as refers
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
       and exists (select from pg_class m where m.relnamespace = n.oid and m.relname = 'migration')
       and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
     order by 1, 2`,
  );
  const waiting = rows.filter(({ schema, name }) => name !== "migration" && !left.has(`${schema}.${name}`));
  const ordered: BackupTable[] = [];
  const done = new Set<string>();
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ refers }) =>
      refers.every((other) => done.has(other) || !waiting.some((w) => `${w.schema}.${w.name}` === other)),
    );
    // Tables that refer to each other in a circle come in the order of their names.
    const [next] = waiting.splice(Math.max(0, at), 1);
    if (next === undefined) break;
    done.add(`${next.schema}.${next.name}`);
    ordered.push({ schema: next.schema, name: next.name, columns: next.columns });
  }
  return ordered;
}

/** The migrations that have run, by schema. */
export async function migrationsOf(
  client: Queryable,
): Promise<{ readonly [schema: string]: readonly string[] }> {
  const { rows: schemas } = await client.query<{ schema: string }>(
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relname = 'migration' and c.relkind = 'r' and n.nspname not like 'pg\\_%' order by 1`,
  );
  const found: { [schema: string]: readonly string[] } = {};
  for (const { schema } of schemas) {
    const { rows } = await client.query<{ name: string }>(
      `select name from ${quoted(schema)}.migration order by name`,
    );
    found[schema] = rows.map(({ name }) => name);
  }
  return found;
}
