import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { AccessCounts, AccessFindings, SourceFindings } from "@cordon/scope";

import { rows } from "../directory/engine.ts";
import { outcomeCodes } from "./event-tables.ts";

const none: AccessCounts = { reaching: 0, opening: 0, rowsSum: 0, rowsMax: 0, rowsOver: 0, rowsExcess: 0 };

/** Of duplicates the first one stays: all hold the same. */
export async function dropDuplicates(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `CREATE TABLE suspect_events AS SELECT * FROM suspects
     QUALIFY row_number() OVER (PARTITION BY source, key0, key1 ORDER BY file, line) = 1`,
  );
}

/** The suspects' successful accesses by operation entry, by source. `population` null: nothing is over it. */
export async function findAccesses(
  connection: DuckDBConnection,
  population: number | null,
): Promise<ReadonlyMap<number, readonly AccessFindings[]>> {
  const groups = await rows(
    connection,
    `SELECT source, operation, entry, surely,
            count(*) FILTER (reaching) AS reaching, count(*) FILTER (opening) AS opening,
            coalesce(sum(people), 0) AS rows_sum, coalesce(max(people), 0) AS rows_max,
            count(*) FILTER (people > $1) AS rows_over,
            coalesce(sum(people - $1) FILTER (people > $1), 0) AS rows_excess
     FROM suspect_events WHERE outcome = ${outcomeCodes.access} GROUP BY ALL ORDER BY ALL`,
    [population === null ? null : BigInt(population)],
  );
  const bySource = new Map<number, AccessFindings[]>();
  for (const group of groups) {
    const source = Number(group["source"]);
    const operation = String(group["operation"]);
    const entry = Number(group["entry"]);
    const found = bySource.get(source) ?? [];
    if (found.length === 0) bySource.set(source, found);
    const last = found.findIndex((access) => access.operation === operation && access.entry === entry);
    const access = found[last] ?? { operation, entry, surely: none, possibly: none };
    const counted = { ...access, [group["surely"] === true ? "surely" : "possibly"]: countsOf(group) };
    if (last === -1) found.push(counted);
    else found[last] = counted;
  }
  return bySource;
}

function countsOf(group: Readonly<Record<string, DuckDBValue>>): AccessCounts {
  return {
    reaching: Number(group["reaching"]),
    opening: Number(group["opening"]),
    rowsSum: Number(group["rows_sum"]),
    rowsMax: Number(group["rows_max"]),
    rowsOver: Number(group["rows_over"]),
    rowsExcess: Number(group["rows_excess"]),
  };
}

/** The suspects' successful operations that the map does not know, by source. */
export async function findUnclassified(
  connection: DuckDBConnection,
): Promise<ReadonlyMap<number, SourceFindings["unclassified"]>> {
  const groups = await rows(
    connection,
    `SELECT source, operation, count(*) FILTER (surely) AS surely, count(*) FILTER (NOT surely) AS possibly
     FROM suspect_events WHERE outcome = ${outcomeCodes.unclassified} GROUP BY source, operation ORDER BY ALL`,
  );
  return Map.groupBy(
    groups.map((group) => ({
      source: Number(group["source"]),
      operation: String(group["operation"]),
      surely: Number(group["surely"]),
      possibly: Number(group["possibly"]),
    })),
    (found) => found.source,
  );
}
