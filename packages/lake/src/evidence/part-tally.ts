import { mkdir } from "node:fs/promises";
import path from "node:path";

import type { DuckDBConnection } from "@duckdb/node-api";
import { eventKinds } from "@cordon/evidence";

import { rows, sqlPath, sqlText } from "../directory/engine.ts";
import { accountsNumberedMax, namesView, type AccountNumbers } from "./account-numbers.ts";
import { syncFile, syncFolder, type PartTally } from "./lake-manifest.ts";

/** Numbers of accounts that share a row of a tally, as bits. */
export const chunkBits = 65_536;
/** What tells the events of a tally apart. */
const keys = "kind, entry, operation, outcome";
/** More combinations of these are not tallied: a tally would be as large as its part. */
const cellsMax = 256;
/** A part of fewer events for each account of the lake is read in less time than its tally. */
const eventsPerAccountMin = 1 / 50;

/**
 * Writes what all events of a part do together: how many of each combination of kind, entry, operation and outcome there
 * are, and the set of accounts that they name. A question about operations need not read the part's events then. Null
 * when it is not worth it or has too many combinations or accounts.
 */
export async function writeTally(
  connection: DuckDBConnection,
  {
    relation,
    events,
    numbers,
    folder,
    name,
    part,
    durable,
  }: {
    /** The SQL of the part's events. */
    readonly relation: string;
    readonly events: number;
    readonly numbers: AccountNumbers;
    readonly folder: string;
    /** The tally's folder in the lake. */
    readonly name: string;
    readonly part: string;
    readonly durable: boolean;
  },
): Promise<PartTally | null> {
  if (events < Math.min(numbers.count, accountsNumberedMax) * eventsPerAccountMin) return null;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE cells AS
     SELECT ${keys}, NULL::INTEGER AS chunk, NULL::BLOB AS bits, count(*) AS events,
            count(*) FILTER (kind = ${eventKinds.access} AND (opens OR coalesce(people > 0, false) OR account IS NOT NULL)) AS reaching,
            count(*) FILTER (kind = ${eventKinds.access} AND opens) AS opening,
            coalesce(sum(people), 0)::DECIMAL(38, 0) AS rows_sum, max(people) AS rows_max,
            min(time_us) FILTER (kind = ${eventKinds.access} AND (opens OR coalesce(people > 0, false) OR account IS NOT NULL)) AS first_us,
            max(time_us) FILTER (kind = ${eventKinds.access} AND (opens OR coalesce(people > 0, false) OR account IS NOT NULL)) AS last_us
     FROM ${relation} GROUP BY ${keys}`,
  );
  const [found = {}] = await rows(
    connection,
    "SELECT count(*)::DOUBLE AS cells, max(rows_max)::DOUBLE AS rows_max FROM cells",
  );
  if (Number(found["cells"]) > cellsMax) return null;
  if (!(await numbers.numberNames(connection, relation, part))) return null;
  const file = `${name}/${part}.parquet`;
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  // A row of bits is 8 KiB, so that few of them are a group.
  await connection.run(
    `COPY (SELECT * FROM cells
           UNION ALL BY NAME
           SELECT ${keys}, number // ${chunkBits} AS chunk, bitstring_agg(number % ${chunkBits}, 0, ${chunkBits - 1})::BLOB AS bits
           FROM ${namesView} GROUP BY ${keys}, number // ${chunkBits})
     TO ${sqlText(target)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 2048)`,
  );
  await numbers.dropNames(connection);
  await connection.run("DROP TABLE cells");
  if (durable) {
    await syncFile(target);
    await syncFolder(path.dirname(target));
  }
  return { file, rowsMax: found["rows_max"] === null ? null : Number(found["rows_max"]) };
}

/** The SQL of the rows of tallies. */
export function talliesRelation(lakeFolder: string, tallies: readonly PartTally[]): string {
  return `read_parquet([${tallies.map(({ file }) => sqlPath(path.join(lakeFolder, file))).join(", ")}], hive_partitioning = false)`;
}
