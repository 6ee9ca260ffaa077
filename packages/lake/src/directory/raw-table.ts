import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, TableFormat } from "./table-format.ts";
import { excerpt, wrongInput } from "./wrong-input.ts";

/** What a column holds before its values have been checked: text as it stood, or what Parquet typed already. */
export type RawType = "text" | "timestamp";

/**
 * A file's records as an SQL relation with a column `line` (Parquet: row), before values have been checked. Columns that
 * the file does not have are not in it.
 */
export interface RawTable {
  readonly file: string;
  readonly relation: string;
  readonly columns: ReadonlyMap<string, RawType>;
}

/** One Parquet file of several that are one table. */
export interface ParquetPart {
  readonly file: string;
  readonly rows: number;
}

export interface RawTableSource {
  readonly connection: DuckDBConnection;
  readonly file: string;
  /** What is read in place of `file`, which is then only its name in messages. */
  readonly parts?: readonly ParquetPart[];
  readonly format: TableFormat;
  /** Columns that must be there. */
  readonly required: readonly string[];
  /** What the relation is to be called. */
  readonly relation: string;
  /** Told how much of a text file has been read (unpacked). */
  readonly onBytes?: (bytes: number) => void;
}

/** The format's columns of a file's header, in its order. Throws LakeError for one that is unknown, missing or there twice. */
export function headerColumns(
  source: RawTableSource,
  names: readonly string[],
  line: number | null,
): readonly Column[] {
  const { file, format, required } = source;
  const known = format.columns.map((column) => column.name).join(", ");
  const columns: Column[] = [];
  for (const name of names) {
    const column = format.columns.find((each) => each.name === name);
    if (column === undefined)
      throw wrongInput(file, line, `unknown column ${excerpt(name)}`, `one of ${known}`);
    if (columns.includes(column))
      throw wrongInput(file, line, `column \`${name}\` twice`, "each column once");
    columns.push(column);
  }
  for (const name of required) {
    if (!names.includes(name))
      throw wrongInput(file, line, `no column \`${name}\``, `at least ${required.join(", ")}`);
  }
  return columns;
}
