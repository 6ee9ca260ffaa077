import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { access, constants, stat } from "node:fs/promises";
import { rows, sqlPath } from "./engine.ts";
import { unreadable } from "./file-blocks.ts";
import { headerColumns } from "./raw-table.ts";
import type { RawTable, RawTableSource, RawType } from "./raw-table.ts";
import type { ColumnKind } from "./table-format.ts";
import { wrongInput } from "./wrong-input.ts";

/** A Parquet file as a view; `line` is the row, from 1. Nothing is copied. */
export async function parquetTable(source: RawTableSource): Promise<RawTable> {
  const { connection, file, relation, parts = [{ file, rows: 0 }] } = source;
  for (const part of parts) await canBeRead(part.file);
  const header = await readHeader(connection, parts[0]?.file ?? file);
  const columns = headerColumns(source, [...header.keys()], null);
  const types = new Map<string, RawType>();
  const selected: string[] = [];
  for (const { name, kind } of columns) {
    const type = header.get(name) ?? "";
    const accepted = accept(kind, type);
    if (accepted === null) {
      throw wrongInput(file, null, `column \`${name}\` of type ${type}`, expectedTypes[kind]);
    }
    types.set(name, accepted.type);
    selected.push(accepted.cast === null ? name : `CAST(${name} AS ${accepted.cast}) AS ${name}`);
  }
  // A view cannot hold parameters, so the path stands in it as a literal.
  let rowsBefore = 0;
  const selects = parts.map((part) => {
    const line = `file_row_number + ${rowsBefore + 1} AS line`;
    rowsBefore += part.rows;
    return `SELECT ${line}, ${selected.join(", ")}
      FROM read_parquet(${sqlPath(part.file)}, file_row_number = true, binary_as_string = false)`;
  });
  await connection.run(`CREATE VIEW ${relation} AS ${selects.join(" UNION ALL ")}`);
  return { file, relation, columns: types };
}

const expectedTypes: Readonly<Record<ColumnKind, string>> = {
  text: "text (a string column)",
  instant: "a timestamp or text",
  flag: "a boolean or text",
  ordinal: "a whole number",
};

function accept(
  kind: ColumnKind,
  type: string,
): { readonly type: RawType; readonly cast: string | null } | null {
  if (kind !== "ordinal" && type === "VARCHAR") return { type: "text", cast: null };
  if (kind === "instant" && type.startsWith("TIMESTAMP")) return { type: "timestamp", cast: "TIMESTAMP" };
  if (kind === "flag" && type === "BOOLEAN") return { type: "text", cast: "VARCHAR" };
  if (kind === "ordinal" && /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(type))
    return { type: "text", cast: "VARCHAR" };
  return null;
}

async function canBeRead(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
    if ((await stat(file)).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function readHeader(connection: DuckDBConnection, file: string): Promise<ReadonlyMap<string, string>> {
  const sql = `DESCRIBE SELECT * FROM read_parquet(${sqlPath(file)}, binary_as_string = false)`;
  const header = new Map<string, string>();
  for (const row of await parquetRows(connection, file, sql)) {
    header.set(String(row["column_name"]), String(row["column_type"]));
  }
  return header;
}

async function parquetRows(
  connection: DuckDBConnection,
  file: string,
  sql: string,
): Promise<readonly Readonly<Record<string, DuckDBValue>>[]> {
  try {
    return await rows(connection, sql);
  } catch (error) {
    throw brokenParquet(file, error);
  }
}

/** DuckDB's words about a file that is no Parquet, or is damaged, as one line. */
export function brokenParquet(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || "code" in error) return error;
  const [first = ""] = error.message.split("\n");
  return wrongInput(
    file,
    null,
    first.replace(/^[A-Za-z ]*Error: /, "").replaceAll(file, "the file"),
    "a Parquet file",
  );
}
