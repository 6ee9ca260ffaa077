import { DuckDBDataChunk, UBIGINT, VARCHAR } from "@duckdb/node-api";
import type { DuckDBAppender } from "@duckdb/node-api";
import { CsvRecords } from "./csv-records.ts";
import { fileBlocks } from "./file-blocks.ts";
import { JsonlRecords } from "./jsonl-records.ts";
import { headerColumns } from "./raw-table.ts";
import type { RawTable, RawTableSource } from "./raw-table.ts";
import type { Column } from "./table-format.ts";
import { wrongInput } from "./wrong-input.ts";

/** What a DuckDB vector holds. */
const chunkRows = 2048;

/** Reads a CSV file with a header into a table of text. An empty cell is absent. */
export async function csvTable(source: RawTableSource): Promise<RawTable> {
  const records: { readonly cells: readonly string[]; readonly line: number }[] = [];
  const reader = new CsvRecords(source.file, (cells, line) => {
    records.push({ cells, line });
  });
  let sink: TextSink | null = null;
  let width = 0;
  let read = 0;
  for await (const block of fileBlocks(source.file)) {
    reader.push(block);
    source.onBytes?.((read += block.text.length));
    if (sink === null) {
      const header = records.shift();
      // A header with line breaks in its names goes on in the next block.
      if (header === undefined) continue;
      width = header.cells.length;
      sink = await TextSink.make(source, headerColumns(source, header.cells, header.line));
    }
    for (const { cells, line } of records) {
      if (cells.length !== width) {
        const what = `a record with ${cells.length} ${cells.length === 1 ? "cell" : "cells"}`;
        throw wrongInput(source.file, line, what, `${width} as in the header`);
      }
      sink.add(
        cells.map((cell) => (cell === "" ? null : cell)),
        line,
      );
    }
    records.length = 0;
  }
  reader.end();
  if (sink === null)
    throw wrongInput(source.file, 1, "no header", `a line with ${source.required.join(", ")}`);
  return sink.end();
}

/** Reads JSON lines into a table of text. */
export async function jsonlTable(source: RawTableSource): Promise<RawTable> {
  const sink = await TextSink.make(source, source.format.columns);
  const { columns } = source.format;
  const reader = new JsonlRecords(source.file, { columns, required: source.required }, (values, line) => {
    sink.add(values, line);
  });
  let read = 0;
  for await (const block of fileBlocks(source.file)) {
    reader.push(block);
    source.onBytes?.((read += block.text.length));
  }
  return sink.end(reader.seen);
}

class TextSink {
  readonly #source: RawTableSource;
  readonly #columns: readonly Column[];
  readonly #appender: DuckDBAppender;
  readonly #chunk: DuckDBDataChunk;
  #lines: bigint[] = [];
  #values: (string | null)[][];

  private constructor(source: RawTableSource, columns: readonly Column[], appender: DuckDBAppender) {
    this.#source = source;
    this.#columns = columns;
    this.#appender = appender;
    this.#chunk = DuckDBDataChunk.create([UBIGINT, ...columns.map(() => VARCHAR)], chunkRows);
    this.#values = columns.map(() => []);
  }

  static async make(source: RawTableSource, columns: readonly Column[]): Promise<TextSink> {
    const { connection, relation } = source;
    const definitions = columns.map(({ name }) => `${name} VARCHAR`).join(", ");
    await connection.run(`CREATE TABLE ${relation} (line UBIGINT, ${definitions})`);
    return new TextSink(source, columns, await connection.createAppender(relation));
  }

  add(values: readonly (string | null)[], line: number): void {
    this.#lines.push(BigInt(line));
    for (const [index, column] of this.#values.entries()) column.push(values[index] ?? null);
    if (this.#lines.length === chunkRows) this.#flush();
  }

  /** `seen`: the columns that the file has, where its format does not say so before the end; else all. */
  end(seen: ReadonlySet<string> | null = null): RawTable {
    if (this.#lines.length > 0) this.#flush();
    this.#appender.closeSync();
    const { file, relation } = this.#source;
    const columns = this.#columns.filter(({ name }) => seen === null || seen.has(name));
    return { file, relation, columns: new Map(columns.map(({ name }) => [name, "text"])) };
  }

  #flush(): void {
    this.#chunk.reset();
    this.#chunk.rowCount = this.#lines.length;
    this.#chunk.setColumns([this.#lines, ...this.#values]);
    this.#appender.appendDataChunk(this.#chunk);
    this.#lines = [];
    this.#values = this.#columns.map(() => []);
  }
}
