import { DuckDBInstance } from "@duckdb/node-api";
import path from "node:path";

interface PeopleShape {
  readonly accounts: number;
  readonly seed: number;
}

export interface PeopleFiles {
  readonly accounts: string;
  readonly installations: string;
}

export type FileFormat = "parquet" | "csv" | "jsonl";

export function filesOf(folder: string, format: FileFormat): PeopleFiles {
  return {
    accounts: path.join(folder, `accounts.${format}`),
    installations: path.join(folder, `installations.${format}`),
  };
}

/**
 * Accounts in no order of their ids, with one installation or two each. Ids are 14 signs (an odd multiple of their number,
 * modulo 2^48, so that none comes twice); the rest is arithmetic over the number.
 */
export async function makePeople(
  { accounts, seed }: PeopleShape,
  { folder, format }: { readonly folder: string; readonly format: FileFormat },
): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "2",
    memory_limit: "2GiB",
    temp_directory: path.join(folder, "spill"),
    preserve_insertion_order: "false",
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const files = filesOf(folder, format);
  const time = (value: string): string =>
    format === "parquet" ? value : `strftime(${value}, '%Y-%m-%dT%H:%M:%SZ')`;
  const as = {
    parquet: "(FORMAT parquet, COMPRESSION zstd)",
    csv: "(FORMAT csv, HEADER)",
    jsonl: "(FORMAT json)",
  }[format];
  const id = "'u-' || printf('%012x', ((i + 77) * 25214903917) % 281474976710656)";
  const pick = (values: readonly string[], salt: number, more = ""): string =>
    `[${values.map((value) => `'${value}'`).join(", ")}][1 + CAST(hash(i${more}, ${seed}, ${salt}) % ${values.length} AS INTEGER)]`;
  const seconds = (from: string, span: number, salt: number, more = ""): string =>
    time(`(TIMESTAMP '${from}' + to_seconds(CAST(hash(i${more}, ${seed}, ${salt}) % ${span} AS INTEGER)))`);
  await connection.run(`
    COPY (
      SELECT ${id} AS account_id, ${seconds("2008-01-01", 200_000_000, 1)} AS created_at,
        ${pick(["SE", "GB", "US", "DE", "FR", "NO", "DK", "FI", "NL", "ES", "IT", "BR"], 2)} AS market,
        ${pick(["sv-SE", "en-GB", "en-US", "de", "fr"], 3)} AS locale, 'person.' || i || '@example.com' AS email,
        CASE WHEN hash(i, ${seed}, 4) % 10 <> 0 THEN ${seconds("2012-01-01", 70_000_000, 5)} END AS password_set_at
      FROM range(${accounts}) AS numbers(i)
    ) TO '${files.accounts}' ${as}`);
  await connection.run(`
    COPY (
      SELECT ${id} AS account_id,
        ${pick(["android", "ios", "windows-phone", "desktop", "web"], 6, ", k")} AS platform,
        ${pick(["google-play", "amazon-appstore", "website", "app-store", "unknown"], 7, ", k")} AS store,
        (1 + hash(i, k, ${seed}, 8) % 3) || '.' || (hash(i, k, ${seed}, 9) % 10) || '.' || (hash(i, k, ${seed}, 10) % 4) AS version,
        ${seconds("2014-01-01", 12_000_000, 11, ", k")} AS last_seen, hash(i, k, ${seed}, 12) % 3 = 0 AS has_offline
      FROM (SELECT i, k FROM range(${accounts}) AS numbers(i), range(2) AS times(k) WHERE k <= hash(i, ${seed}, 13) % 2)
    ) TO '${files.installations}' ${as}`);
  connection.closeSync();
  instance.closeSync();
}
