import type { DuckDBConnection } from "@duckdb/node-api";

import { sqlPath } from "../directory/engine.ts";
import { wrongInput } from "../directory/wrong-input.ts";

/** How many rows a Parquet file has, and the SQL of a row as JSON, times as ISO 8601 in UTC. */
export async function parquetShape(
  connection: DuckDBConnection,
  path: string,
): Promise<{ readonly rows: number; readonly record: string }> {
  try {
    const file = `read_parquet(${sqlPath(path)}, hive_partitioning = false)`;
    const columns = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${file}`)).getRowObjects();
    const rows = (await connection.runAndReadAll(`SELECT count(*) FROM ${file}`)).getRows();
    const members = columns.map((column) => {
      const name = `"${String(column["column_name"]).replaceAll('"', '""')}"`;
      const isTime = String(column["column_type"]).startsWith("TIMESTAMP");
      return `${name} := ${isTime ? `strftime(${name}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ')` : name}`;
    });
    return {
      rows: Number(rows[0]?.[0] ?? 0),
      record: `to_json(struct_pack(${members.join(", ")}))::VARCHAR`,
    };
  } catch (error) {
    throw wrongInput(
      path,
      null,
      `it is no Parquet file (${error instanceof Error ? error.message.split("\n")[0] : ""})`,
      "a whole Parquet file",
    );
  }
}
