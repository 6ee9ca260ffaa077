import {
  DuckDBDataChunk,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";

/** Rows that one chunk of the engine holds. */
const chunkRows = 2048;

export interface Column {
  readonly name: string;
  readonly type: DuckDBType;
}

/** Appends rows to a new table, a chunk at a time. */
export class TableWriter {
  readonly #appender: DuckDBAppender;
  readonly #types: readonly DuckDBType[];
  #columns: DuckDBValue[][];
  #rows = 0;

  private constructor(appender: DuckDBAppender, types: readonly DuckDBType[]) {
    this.#appender = appender;
    this.#types = types;
    this.#columns = types.map(() => []);
  }

  /** Names and types are Cordon's own, never data. */
  static async create(
    connection: DuckDBConnection,
    table: string,
    columns: readonly Column[],
  ): Promise<TableWriter> {
    const definitions = columns.map((column) => `${column.name} ${column.type.toString()}`).join(", ");
    await connection.run(`CREATE TABLE ${table} (${definitions})`);
    return TableWriter.open(connection, table, columns);
  }

  /** Appends to a table that is there. */
  static async open(
    connection: DuckDBConnection,
    table: string,
    columns: readonly Column[],
  ): Promise<TableWriter> {
    return new TableWriter(
      await connection.createAppender(table),
      columns.map((column) => column.type),
    );
  }

  /** Values in the order of the columns. */
  add(...values: readonly DuckDBValue[]): void {
    for (const [index, column] of this.#columns.entries()) column.push(values[index] ?? null);
    this.#rows += 1;
    if (this.#rows === chunkRows) this.#flush();
  }

  /** Makes all rows so far visible. */
  flush(): void {
    this.#flush();
    this.#appender.flushSync();
  }

  close(): void {
    this.#flush();
    this.#appender.closeSync();
  }

  #flush(): void {
    if (this.#rows === 0) return;
    const chunk = DuckDBDataChunk.create(this.#types, this.#rows);
    chunk.setColumns(this.#columns);
    this.#appender.appendDataChunk(chunk);
    this.#columns = this.#types.map(() => []);
    this.#rows = 0;
  }
}
