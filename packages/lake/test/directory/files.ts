import { DuckDBInstance } from "@duckdb/node-api";
import { readAccounts } from "@cordon/lake";

/** RFC 4180 with every cell quoted. */
export function csv(records: readonly (readonly (string | null)[])[]): string {
  const cell = (text: string | null): string => (text === null ? "" : `"${text.replaceAll('"', '""')}"`);
  return records.map((record) => `${record.map(cell).join(",")}\r\n`).join("");
}

export function jsonl(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** Runs SQL (`COPY … TO 'file.parquet'`, queries) on DuckDB; rows as objects of text. */
export async function sql(text: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return (await connection.runAndReadAll(text)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export async function accountsOf(
  file: string,
): Promise<{ readonly accountIds: readonly string[]; readonly ordinals: readonly number[] | null }> {
  const accountIds: string[] = [];
  let ordinals: number[] | null = null;
  for await (const batch of readAccounts(file)) {
    accountIds.push(...batch.accountIds);
    if (batch.ordinals !== null) ordinals = [...(ordinals ?? []), ...batch.ordinals];
  }
  return { accountIds, ordinals };
}
