import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import { DuckDBInstance } from "@duckdb/node-api";
import { writeColumns } from "@cordon/lake";
import type { Cohort } from "@cordon/lake";

export const asOfMs = Date.parse("2014-05-27T12:00:00Z");

/** Three conditions; about a tenth of the accounts meet them, at random. */
export const recalledCohort: Cohort = {
  directory: {
    passwordSetBefore: "2013-07-02T12:00:00Z",
    createdBefore: "2011-07-02T12:00:00Z",
    market: ["SE", "GB"],
  },
};

/**
 * A directory at rest, in the lake's own layout. Importing so many accounts takes minutes and is measured elsewhere: here
 * only the query counts, so the files are written as an import leaves them, the columns that cohorts are read off included.
 */
export async function makeDirectory(
  lakeFolder: string,
  options: { readonly accounts: number; readonly seed: number },
): Promise<void> {
  const { accounts, seed } = options;
  const folder = path.join(lakeFolder, "versions", "1");
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const days = (salt: number) => `CAST(hash(i, ${seed}, ${salt}) % 365 AS INTEGER)`;
  const copied = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)";
  await connection.run(`
    COPY (
      SELECT
        'u-' || i AS account_id,
        TIMESTAMPTZ '2011-01-01 00:00:00Z' + to_days(${days(1)}) AS created_at,
        ['SE', 'GB', 'US', 'DE', 'FR'][1 + CAST(hash(i, ${seed}, 2) % 5 AS INTEGER)] AS market,
        'en' AS locale,
        CAST(NULL AS VARCHAR) AS email,
        TIMESTAMPTZ '2013-01-01 00:00:00Z' + to_days(${days(3)}) AS password_set_at,
        CAST(NULL AS TIMESTAMPTZ) AS left_at,
        CAST(i AS UINTEGER) AS ordinal
      FROM range(${accounts}) AS numbers(i)
    ) TO '${path.join(folder, "accounts.parquet")}' ${copied}`);
  await connection.run(`
    COPY (
      SELECT '' AS account_id, '' AS platform, '' AS store, '' AS version,
        CAST(NULL AS TIMESTAMPTZ) AS last_seen, false AS has_offline, CAST(0 AS UINTEGER) AS ordinal
      WHERE false
    ) TO '${path.join(folder, "installations.parquet")}' ${copied}`);
  await writeColumns(connection, { folder, accounts });
  connection.closeSync();
  instance.closeSync();
  const state = {
    asOf: new Date(asOfMs).toISOString(),
    accounts,
    left: 0,
    installations: 0,
    installationsAsOf: null,
    inputs: { accounts: "", installations: null },
  };
  await writeFile(path.join(folder, "directory.json"), JSON.stringify(state));
  await symlink("versions/1", path.join(lakeFolder, "current"));
}
