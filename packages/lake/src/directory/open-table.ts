import { LakeError } from "../errors.ts";
import { checkAccountsOnce, checkOrdinalsDense, checkValues, typedView } from "./check-table.ts";
import { brokenParquet, parquetTable } from "./parquet-table.ts";
import type { RawTable, RawTableSource } from "./raw-table.ts";
import { csvTable, jsonlTable } from "./text-table.ts";

/** A file whose every value has been checked. */
interface CheckedTable {
  readonly records: number;
  /** The columns that the file has. */
  readonly columns: ReadonlySet<string>;
  /** Lets go of the rows, and of the view. */
  drop(): Promise<void>;
}

/**
 * Makes `source.relation` a view of the file (by extension: .csv, .jsonl, .ndjson, each also with .gz or .zst, .parquet) with
 * `line` and every column of the format, instants in microseconds since the epoch. Throws LakeError: ERR_LAKE_INPUT for
 * the first thing that is wrong in it, ERR_LAKE_FILE when it cannot be read.
 */
export async function openTable(source: RawTableSource): Promise<CheckedTable> {
  const { connection, file, format } = source;
  const isParquet = source.parts !== undefined || file.endsWith(".parquet");
  const raw = { ...source, relation: `${source.relation}_raw` };
  const table = await readTable(raw);
  try {
    const records = await checkValues(connection, table, format);
    if (format.what === "accounts") {
      await checkAccountsOnce(connection, table, records);
      await checkOrdinalsDense(connection, table, records);
    }
    await typedView(connection, { table, format, view: source.relation });
    return {
      records,
      columns: new Set(table.columns.keys()),
      drop: async () => {
        const kind = isParquet ? "VIEW" : "TABLE";
        await connection.run(`DROP VIEW ${source.relation}; DROP ${kind} ${raw.relation}`);
      },
    };
  } catch (error) {
    throw isParquet && !(error instanceof LakeError) ? brokenParquet(file, error) : error;
  }
}

function readTable(raw: RawTableSource): Promise<RawTable> {
  if (raw.parts !== undefined) return parquetTable(raw);
  const name = raw.file.replace(/\.(gz|zst)$/, "");
  if (name.endsWith(".csv")) return csvTable(raw);
  if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) return jsonlTable(raw);
  if (raw.file.endsWith(".parquet")) return parquetTable(raw);
  throw new LakeError(
    "ERR_LAKE_FILE",
    `${raw.file}: a file of unknown format, expected a name that ends in .csv, .jsonl (also .gz, .zst) or .parquet`,
  );
}
