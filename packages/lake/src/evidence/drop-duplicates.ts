import type { DuckDBConnection } from "@duckdb/node-api";

import { rows } from "../directory/engine.ts";
import { asBigInt } from "./event-summary.ts";

/**
 * Lines of one source with the same id and the same mapped values are one event: of the batch's the first one stays. The
 * hashes of the others' lines go to `lines`.
 */
export async function dropDuplicates(connection: DuckDBConnection): Promise<void> {
  // A hash of 64 bits may only say "perhaps": most batches have no duplicates, and this is all they cost.
  const [found = {}] = await rows(
    connection,
    `SELECT count(*) AS events, count(DISTINCT hash(source, id, mapped)) AS distinct_events
     FROM batch WHERE id IS NOT NULL`,
  );
  if (asBigInt(found["events"]) === asBigInt(found["distinct_events"])) return;
  await connection.run(
    `CREATE TEMP TABLE repeats AS SELECT row FROM (
       SELECT rowid AS row, row_number() OVER (PARTITION BY source, id, mapped ORDER BY file, line) AS copy
       FROM batch WHERE id IS NOT NULL) WHERE copy > 1`,
  );
  await connection.run(
    "INSERT INTO lines SELECT source, hash FROM batch WHERE rowid IN (SELECT row FROM repeats) AND hash IS NOT NULL",
  );
  await connection.run("DELETE FROM batch WHERE rowid IN (SELECT row FROM repeats)");
  await connection.run("DROP TABLE repeats");
}
