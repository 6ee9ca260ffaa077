import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import { eventColumns, type EngineReading } from "@cordon/evidence";

import type { FileIntake } from "./evidence-intake.ts";
import type { LineBlock } from "./line-blocks.ts";

/**
 * One connection with its prepared queries. Its blocks are one transaction until `commit`: rows that are committed a block
 * at a time are copied once more.
 */
export class BlockWorker {
  readonly #connection: DuckDBConnection;
  #isOpen = false;
  readonly #prepared = new Map<string, DuckDBPreparedStatement>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async read({
    file,
    engineReading,
    block,
  }: {
    readonly file: FileIntake;
    readonly engineReading: EngineReading;
    readonly block: LineBlock;
  }): Promise<{ readonly inserted: number; readonly unread: boolean }> {
    const hasReturns = block.bytes.includes(0x0d);
    const key = `${file.number} ${hasReturns}`;
    let prepared = this.#prepared.get(key);
    if (prepared === undefined) {
      for (const old of this.#prepared.values()) old.destroySync();
      this.#prepared.clear();
      const select = engineReading.select(linesOf(hasReturns), [wholeLineHash]);
      prepared = await this.#connection.prepare(insertSql(file.source, file.number, select));
      this.#prepared.set(key, prepared);
    }
    if (!this.#isOpen) await this.#connection.run("BEGIN TRANSACTION");
    this.#isOpen = true;
    const { bytes } = block;
    prepared.bindBlob(1, bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes);
    prepared.bindBigInt(2, BigInt(block.firstLine));
    const result = await prepared.run();
    return { inserted: result.rowsChanged, unread: true };
  }

  /** Makes all rows so far visible. */
  async commit(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#connection.run("COMMIT");
  }

  close(): void {
    for (const prepared of this.#prepared.values()) prepared.destroySync();
    this.#connection.closeSync();
  }
}

export const wholeLineHash = "unhex(sha256(record)) AS hash";

/** The lines of the block `$1`, which begins at line `$2`, that are not blank. */
function linesOf(hasReturns: boolean): string {
  const text = hasReturns
    ? "CASE WHEN ends_with(text, chr(13)) THEN left(text, length(text) - 1) ELSE text END"
    : "text";
  return `SELECT line, ${text} AS record FROM (
    SELECT unnest(texts) AS text, unnest(range($2::BIGINT, $2::BIGINT + len(texts))) AS line
    FROM (SELECT string_split(decode($1::BLOB), chr(10)) AS texts))
    WHERE CASE WHEN starts_with(text, '{') THEN true ELSE trim(text, chr(32) || chr(9) || chr(13)) <> '' END`;
}

export function insertSql(source: number, file: number, select: string): string {
  return `INSERT INTO batch SELECT ${source}, ${file}, line, ${eventColumns.join(", ")}, hash, unread FROM (${select})`;
}
