import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";

import type { EventBlock } from "./event-block.ts";

const preparedMax = 8;

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

  /** Puts the events into a batch's table. */
  async insert(block: EventBlock, table: string): Promise<void> {
    if (!this.#isOpen) await this.#connection.run("BEGIN TRANSACTION");
    this.#isOpen = true;
    const { sql, bind } = block.insertInto(table);
    let prepared = this.#prepared.get(sql);
    if (prepared === undefined) {
      // Few are needed at a time; those of a batch that is gone would keep its table.
      if (this.#prepared.size >= preparedMax) this.#forget();
      prepared = await this.#connection.prepare(sql);
      this.#prepared.set(sql, prepared);
    }
    bind(prepared);
    await prepared.run();
  }

  /** Makes all rows so far visible. */
  async commit(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#connection.run("COMMIT");
  }

  #forget(): void {
    for (const prepared of this.#prepared.values()) prepared.destroySync();
    this.#prepared.clear();
  }

  close(): void {
    this.#forget();
    this.#connection.closeSync();
  }
}
