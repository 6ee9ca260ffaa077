import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LakeError } from "../errors.ts";
import type { EngineLimits } from "./engine-limits.ts";

let opened = 0;

/** One DuckDB in memory. Each use takes a connection of its own: a second query would end the first one's stream. */
export class Engine {
  readonly #instance: DuckDBInstance;
  #isClosed = false;

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async open(limits: EngineLimits): Promise<Engine> {
    opened += 1;
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: `${Math.floor(limits.memoryBytesMax / 1024)}KiB`,
      threads: String(limits.threads),
      // DuckDB makes the folder when it first spills and removes it when it is closed.
      temp_directory: limits.spillFolder ?? join(tmpdir(), `cordon-spill-${process.pid}-${opened}`),
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    return new Engine(instance);
  }

  /** Runs `use` with a connection that is closed afterwards. */
  async with<Result>(use: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
    const connection = await this.connect();
    try {
      return await use(connection);
    } catch (error) {
      throw translateEngineError(error);
    } finally {
      connection.closeSync();
    }
  }

  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  }

  /** Twice is once. */
  close(): void {
    if (!this.#isClosed) this.#instance.closeSync();
    this.#isClosed = true;
  }
}

/** What DuckDB says about a full disk or too little memory, as one line; anything else comes back as it is. */
export function translateEngineError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LakeError) return error;
  if (/No space left on device|ENOSPC|max_temp_directory_size|Disk quota exceeded/.test(error.message)) {
    return new LakeError("ERR_LAKE_DISK_FULL", "the disk is full, nothing was imported", { cause: error });
  }
  if (error.message.startsWith("Out of Memory Error")) {
    return new LakeError("ERR_LAKE_MEMORY", "the engine's memory does not hold the directory", {
      hint: "raise the memory limit",
      cause: error,
    });
  }
  return error;
}

/** The rows of a query as objects; numbers of people fit, so BIGINT comes as a number. */
export async function rows(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[] = [],
): Promise<readonly Readonly<Record<string, DuckDBValue>>[]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRowObjects();
}

/** The one number of a query that answers with one. */
export async function oneNumber(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[] = [],
): Promise<number> {
  const [row] = await rows(connection, sql, values);
  const value = row === undefined ? undefined : Object.values(row)[0];
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  throw new TypeError(`the query answered \`${String(value)}\`, expected a number`);
}

/** A text literal. Only for names that Cordon or the operator gives (paths); data goes by parameters or the appender. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path for `read_parquet`, in which `*`, `?` and `[` would be patterns. */
export function sqlPath(path: string): string {
  return sqlText(path.replaceAll(/[[*?]/g, "[$&]"));
}
