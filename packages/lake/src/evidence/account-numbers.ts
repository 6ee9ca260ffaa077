import { mkdir } from "node:fs/promises";
import path from "node:path";

import type { DuckDBConnection } from "@duckdb/node-api";

import { oneNumber, sqlPath, sqlText } from "../directory/engine.ts";
import { syncFile, syncFolder, type AccountSegment } from "./lake-manifest.ts";

/** More accounts get no number: events that name them are read when they are asked for. */
export const accountsNumberedMax = 100_000_000;
/** So many files of numbers become one at the end of an import. */
const segmentsMax = 16;
const parquet = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1";

/** The view that `numberNames` makes. */
export const namesView = "numbered_names";

/** The SQL of the accounts of a lake that have a number: `account` and `number`, each once. */
export function numbersRelation(lakeFolder: string, segments: readonly AccountSegment[]): string {
  if (segments.length === 0) return "(SELECT NULL::VARCHAR AS account, NULL::INTEGER AS number WHERE false)";
  return `read_parquet([${segments.map(({ file }) => sqlPath(path.join(lakeFolder, file))).join(", ")}], hive_partitioning = false)`;
}

/**
 * The numbers of a lake's accounts, from 0 on. They rest in files, by account; memory holds none of them.
 * INVARIANT: a number never becomes another account's, and an account never has two.
 */
export class AccountNumbers {
  readonly #folder: string;
  readonly #durable: boolean;
  #segments: readonly AccountSegment[];

  constructor(options: {
    readonly folder: string;
    readonly segments: readonly AccountSegment[];
    readonly durable: boolean;
  }) {
    this.#folder = options.folder;
    this.#segments = options.segments;
    this.#durable = options.durable;
  }

  get segments(): readonly AccountSegment[] {
    return this.#segments;
  }

  get count(): number {
    return this.#segments.reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * Makes the temporary view `numbered_names` of the accounts that the events of a relation name, with what tells the events
   * apart; accounts that have no number yet get the next ones, which rest in `part`. False when there would be too many.
   */
  async numberNames(connection: DuckDBConnection, relation: string, part: string): Promise<boolean> {
    const first = this.count;
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE names AS
       SELECT kind, entry, operation, outcome, known.number,
              CASE WHEN known.number IS NULL THEN named.account END AS account
       FROM (SELECT kind, entry, operation, outcome, account FROM ${relation} WHERE account IS NOT NULL
             UNION ALL SELECT kind, entry, operation, outcome, unnest(more) FROM ${relation} WHERE more IS NOT NULL) AS named
       LEFT JOIN ${numbersRelation(this.#folder, this.#segments)} AS known ON named.account = known.account`,
    );
    // In order of the accounts, so that the same evidence gives the same numbers.
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE new_names AS
       SELECT account, (${first} - 1 + row_number() OVER (ORDER BY account))::INTEGER AS number
       FROM (SELECT DISTINCT account FROM names WHERE account IS NOT NULL)`,
    );
    const count = await oneNumber(connection, "SELECT count(*) FROM new_names");
    if (first + count > accountsNumberedMax) {
      await this.dropNames(connection);
      return false;
    }
    if (count > 0) await this.#add(connection, { file: `accounts/${part}.parquet`, first, count });
    await connection.run(
      `CREATE TEMP VIEW ${namesView} AS
       SELECT kind, entry, operation, outcome, coalesce(names.number, new_names.number) AS number
       FROM names LEFT JOIN new_names ON names.account = new_names.account`,
    );
    return true;
  }

  async dropNames(connection: DuckDBConnection): Promise<void> {
    await connection.run(`DROP VIEW IF EXISTS ${namesView}`);
    await connection.run("DROP TABLE names");
    await connection.run("DROP TABLE new_names");
  }

  /** Makes many files of numbers one, in `part`; false when there are few. */
  async join(connection: DuckDBConnection, part: string): Promise<boolean> {
    if (this.#segments.length <= segmentsMax) return false;
    const all = numbersRelation(this.#folder, this.#segments);
    const segment = { file: `accounts/${part}.parquet`, first: 0, count: this.count };
    await this.#write(connection, segment, `SELECT account, number FROM ${all} ORDER BY account`);
    this.#segments = [segment];
    return true;
  }

  async #add(connection: DuckDBConnection, segment: AccountSegment): Promise<void> {
    await this.#write(connection, segment, "SELECT account, number FROM new_names ORDER BY account");
    this.#segments = [...this.#segments, segment];
  }

  async #write(connection: DuckDBConnection, { file }: AccountSegment, select: string): Promise<void> {
    const target = path.join(this.#folder, file);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await connection.run(`COPY (${select}) TO ${sqlText(target)} (${parquet})`);
    if (!this.#durable) return;
    await syncFile(target);
    await syncFolder(path.dirname(target));
  }
}
