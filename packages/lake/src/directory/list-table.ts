import { DuckDBDataChunk, VARCHAR } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";

const chunkRows = 2048;

/** Makes a temporary table of this connection from a list of any length, with any text in it. */
export async function listTable(
  connection: DuckDBConnection,
  table: string,
  values: readonly string[],
  column = "account_id",
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} (${column} VARCHAR)`);
  const appender = await connection.createAppender(table, null, "temp");
  const chunk = DuckDBDataChunk.create([VARCHAR], chunkRows);
  for (let start = 0; start < values.length; start += chunkRows) {
    const part = values.slice(start, start + chunkRows);
    chunk.reset();
    chunk.rowCount = part.length;
    chunk.setColumnValues(0, part);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
