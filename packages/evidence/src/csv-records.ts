import { CsvRows, type CsvRow } from "./csv-rows.ts";
import type { FieldName, Source } from "./data-map.ts";
import type { AssembledRecord, RecordAssembler } from "./record-assembler.ts";

/** Without one of these no record of the file can be read. */
const requiredFields: readonly FieldName[] = ["time", "operation", "id", "sequence"];

/**
 * CSV with a header in every file: column names as they stand are the record's keys, an empty cell is absent. A header that
 * names a column twice, or lacks one that every event needs (it may be no header at all), is unreadable with all its records.
 */
export function assembleCsv({ fields }: Pick<Source, "fields">): RecordAssembler {
  const rows = new CsvRows();
  let header: Header | null = null;
  const read = (row: CsvRow | null): readonly AssembledRecord[] => {
    if (row === null) return [];
    if (header === null) {
      header = readHeader(row, fields);
      return "wrong" in header ? [{ line: row.line, unreadable: header.wrong }] : [];
    }
    if ("wrong" in header) return [{ line: row.line, unreadable: header.wrong }];
    return ["unreadable" in row ? row : recordOf(row, header.columns)];
  };
  return {
    take: (line) => read(rows.take(line)),
    miss: (line, unreadable) => read(rows.miss(line, unreadable)),
    end: () => read(rows.end()),
  };
}

type Header = { readonly columns: readonly string[] } | { readonly wrong: string };

function readHeader(row: CsvRow, fields: Source["fields"]): Header {
  if ("unreadable" in row) return { wrong: `the file's header cannot be read: ${row.unreadable}` };
  const columns = new Set<string>();
  for (const name of row.cells) {
    // Columns without a name cannot be reached, so they cannot be confused.
    if (name !== "" && columns.has(name)) return { wrong: `the file's header names a column twice` };
    columns.add(name);
  }
  for (const name of requiredFields) {
    const column = fields.get(name)?.keys[0];
    if (column !== undefined && !columns.has(column))
      return { wrong: `the file's header has no column for ${name}` };
  }
  return { columns: row.cells };
}

function recordOf(
  { line, cells }: CsvRow & { readonly cells: readonly string[] },
  columns: readonly string[],
): AssembledRecord {
  if (cells.length !== columns.length)
    return { line, unreadable: `it has ${cells.length} cells, the header ${columns.length}` };
  const entries: [string, string][] = [];
  for (const [index, cell] of cells.entries()) if (cell !== "") entries.push([columns[index] ?? "", cell]);
  return { line, record: Object.fromEntries(entries) };
}
