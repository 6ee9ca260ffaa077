import type { DuckDBConnection } from "@duckdb/node-api";

import { rows } from "../directory/engine.ts";
import { asBigInt } from "./event-summary.ts";
import { restColumns } from "./event-table.ts";

/** Two events of one source are the same when all of these are. */
export const identityColumns = restColumns.map(({ name }) => name);

/** Lines of one source with the same id and the same mapped values are one event: of a batch's the first one stays. */
export async function dropDuplicates(connection: DuckDBConnection, table: string): Promise<void> {
  // A hash of 64 bits may only say "perhaps": most batches have no id twice, and this is all they cost.
  const [found = {}] = await rows(
    connection,
    `SELECT count(*) AS events, count(DISTINCT hash(source, id)) AS ids FROM ${table} WHERE id IS NOT NULL`,
  );
  if (asBigInt(found["events"]) === asBigInt(found["ids"])) return;
  await connection.run(
    `CREATE TEMP TABLE repeats AS SELECT row FROM (
       SELECT rowid AS row, row_number() OVER (PARTITION BY source, ${identityColumns.join(", ")} ORDER BY file, line) AS copy
       FROM ${table} WHERE id IS NOT NULL AND hash(source, id) IN (
         SELECT hash(source, id) FROM ${table} WHERE id IS NOT NULL GROUP BY ALL HAVING count(*) > 1)) WHERE copy > 1`,
  );
  await connection.run(`DELETE FROM ${table} WHERE rowid IN (SELECT row FROM repeats)`);
  await connection.run("DROP TABLE repeats");
}
