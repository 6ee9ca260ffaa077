import { CsvRows, type CsvRow } from "./csv-rows.ts";
import { postgresRecord } from "./postgres-record.ts";
import type { PhysicalLine } from "./physical-line.ts";
import type { AssembledRecord, RecordAssembler } from "./record-assembler.ts";

/** PostgreSQL's documentation, "Using CSV-Format Log Output". */
const columns = [
  "log_time",
  "user_name",
  "database_name",
  "process_id",
  "connection_from",
  "session_id",
  "session_line_num",
  "command_tag",
  "session_start_time",
  "virtual_transaction_id",
  "transaction_id",
  "error_severity",
  "sql_state_code",
  "message",
  "detail",
  "hint",
  "internal_query",
  "internal_query_pos",
  "context",
  "query",
  "query_pos",
  "location",
  "application_name",
  "backend_type",
  "leader_pid",
  "query_id",
];
/** 9.0 to 12; 13 added `backend_type`, 14 the last two. */
const columnCounts = [23, 24, 26];

export function looksLikeCsvlog(text: string): boolean {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [^ ,]+,/.test(text);
}

/** csvlog: CSV without a header. */
export class CsvlogRecords implements RecordAssembler {
  readonly #rows = new CsvRows();

  take(line: PhysicalLine): readonly AssembledRecord[] {
    return read(this.#rows.take(line));
  }

  miss(line: number, unreadable: string): readonly AssembledRecord[] {
    return read(this.#rows.miss(line, unreadable));
  }

  end(): readonly AssembledRecord[] {
    return read(this.#rows.end());
  }
}

function read(row: CsvRow | null): readonly AssembledRecord[] {
  if (row === null) return [];
  if ("unreadable" in row) return [row];
  const { line, cells } = row;
  if (!columnCounts.includes(cells.length)) {
    return [{ line, unreadable: `it has ${cells.length} cells, a csvlog has ${columnCounts.join(", ")}` }];
  }
  const values = new Map<string, string>();
  for (const [index, cell] of cells.entries()) if (cell !== "") values.set(columns[index] ?? "", cell);
  const from = values.get("connection_from");
  // `host:port`, `[local]` for a socket.
  if (from !== undefined) values.set("remote_host", from.replace(/:\d+$/, ""));
  return [postgresRecord(values, line)];
}
