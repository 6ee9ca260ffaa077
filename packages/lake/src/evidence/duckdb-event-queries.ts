import { DuckDBListValue, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import { eventKinds } from "@cordon/evidence";

import { oneNumber, rows, sqlText } from "../directory/engine.ts";
import { listTable } from "../directory/list-table.ts";
import type {
  EventQueries,
  EventQuestion,
  NamedAccounts,
  SuspectCounts,
  SuspectRow,
} from "./event-queries.ts";
import type { TalliedEvidence } from "./stored-evidence.ts";
import { effectSql, suspectConditions, type SqlDialect } from "./suspect-sql.ts";
import {
  joinedCountsSql,
  joinNames,
  nameCountsSql,
  sharesOf,
  talliedCountsSql,
  talliedSql,
} from "./tallied-suspects.ts";

const dialect: SqlDialect = { text: sqlText, number: (value) => `${Math.trunc(value)}` };

const accountsAtOnce = 50_000;
const notDecoy = "account NOT IN (SELECT account_id FROM decoys)";

/** Events in DuckDB's reach: tables, or Parquet files. */
export class DuckDbEventQueries implements EventQueries {
  readonly #connection: DuckDBConnection;
  readonly #question: EventQuestion;
  readonly #evidence: TalliedEvidence;
  /** The SQL of the suspects' rows of tallies, for sources of which there are any. */
  readonly #tallied: readonly string[];

  private constructor(
    connection: DuckDBConnection,
    of: {
      readonly question: EventQuestion;
      readonly evidence: TalliedEvidence;
      readonly tallied: readonly string[];
    },
  ) {
    this.#connection = connection;
    this.#question = of.question;
    this.#evidence = of.evidence;
    this.#tallied = of.tallied;
  }

  /**
   * Up to `keptRows` of the suspects' events are taken out once; more are read anew for each query, because copying them
   * costs more. Takes the connection for itself.
   */
  static async open(
    connection: DuckDBConnection,
    question: EventQuestion,
    evidence: TalliedEvidence,
    keptRows: number,
  ): Promise<DuckDbEventQueries> {
    const { inquiry } = question;
    await listTable(connection, "decoys", [...new Set(inquiry.decoys)]);
    const shares = inquiry.sources.map((_, index) => sharesOf(question, index, evidence));
    const suspects = suspectsSql(question, (index) => shares[index]?.read ?? "");
    await connection.run(
      `CREATE TEMP TABLE suspects AS SELECT * FROM (${suspects}) LIMIT ${Math.trunc(keptRows) + 1}`,
    );
    if ((await oneNumber(connection, "SELECT count(*) FROM suspects")) > keptRows) {
      await connection.run("DROP TABLE suspects");
      await connection.run(`CREATE TEMP VIEW suspects AS ${suspects}`);
    }
    const tallied = shares.flatMap(({ tallied: tallies }, index) =>
      tallies === null ? [] : [talliedSql(question, index, tallies, dialect)],
    );
    await connection.run(
      `CREATE TEMP TABLE ${tallied.length === 0 ? "suspect_names" : "read_names"} AS
       SELECT account, (seen & 1) > 0 AS named, (seen & 2) > 0 AS surely_named, (seen & 4) > 0 AS refused,
              (seen & 8) > 0 AS read, (seen & 16) > 0 AS written, (seen & 32) > 0 AS deleted
       FROM (SELECT account, bit_or(CASE
               WHEN kind = ${eventKinds.access} AND surely THEN 3 + CASE effect WHEN 'read' THEN 8 WHEN 'write' THEN 16 ELSE 32 END
               WHEN kind = ${eventKinds.access} THEN 1
               WHEN kind = ${eventKinds.refused} AND surely THEN 4 ELSE 0 END) AS seen
             FROM (SELECT account, kind, surely, effect FROM suspects WHERE account IS NOT NULL
                   UNION ALL SELECT unnest(more), kind, surely, effect FROM suspects WHERE more IS NOT NULL)
             GROUP BY account)`,
    );
    if (tallied.length > 0) await joinNames(connection, { tallied, accounts: evidence.accounts });
    return new DuckDbEventQueries(connection, { question, evidence, tallied });
  }

  async countSuspects(): Promise<readonly SuspectCounts[]> {
    const { population } = this.#question;
    const found = await rows(
      this.#connection,
      `SELECT source, kind, surely, CASE WHEN kind IN (${eventKinds.access}, ${eventKinds.unclassified}) THEN operation END AS operation, entry,
              sum(events)::DOUBLE AS events, sum(reaching)::DOUBLE AS reaching, sum(opening)::DOUBLE AS opening,
              sum(rows_sum)::DOUBLE AS rows_sum, coalesce(max(rows_max), 0)::DOUBLE AS rows_max,
              sum(rows_over)::DOUBLE AS rows_over, sum(rows_excess)::DOUBLE AS rows_excess,
              min(first_us)::DOUBLE AS first_us, max(last_us)::DOUBLE AS last_us
       FROM (SELECT source, kind, surely, operation, entry, count(*) AS events, count(*) FILTER (reaching) AS reaching,
                    count(*) FILTER (kind = ${eventKinds.access} AND opens) AS opening,
                    coalesce(sum(people), 0)::DECIMAL(38, 0) AS rows_sum, max(people) AS rows_max,
                    count(*) FILTER (people > $1) AS rows_over,
                    coalesce(sum(people - $1) FILTER (people > $1), 0) AS rows_excess,
                    min(time_us) FILTER (reaching) AS first_us, max(time_us) FILTER (reaching) AS last_us
             FROM (SELECT *, kind = ${eventKinds.access} AND (opens OR coalesce(people > 0, false)
                     OR (account IS NOT NULL AND account NOT IN (SELECT account_id FROM decoys))
                     OR coalesce(len(more) > len(list_intersect(more, (SELECT list(account_id) FROM decoys))), false)) AS reaching
                   FROM suspects)
             GROUP BY source, kind, surely, operation, entry
             ${this.#tallied.length === 0 ? "" : `UNION ALL ${talliedCountsSql(this.#tallied)}`})
       GROUP BY ALL ORDER BY ALL`,
      [population === null ? null : BigInt(population)],
    );
    return found.map((row) => ({
      source: Number(row["source"]),
      kind: Number(row["kind"]),
      operation: textOrNull(row["operation"]),
      entry: numberOrNull(row["entry"]),
      surely: row["surely"] === true,
      events: Number(row["events"]),
      reaching: Number(row["reaching"]),
      opening: Number(row["opening"]),
      rowsSum: Number(row["rows_sum"]),
      rowsMax: Number(row["rows_max"]),
      rowsOver: Number(row["rows_over"]),
      rowsExcess: Number(row["rows_excess"]),
      firstUs: numberOrNull(row["first_us"]),
      lastUs: numberOrNull(row["last_us"]),
    }));
  }

  async nameAccounts(): Promise<NamedAccounts> {
    // Without decoys tallies count alone, and the engine finds the first accounts without ordering all.
    const isPerson = this.#question.inquiry.decoys.length === 0 ? "true" : notDecoy;
    const [counts = {}] = await rows(
      this.#connection,
      this.#tallied.length === 0 ? nameCountsSql(isPerson) : joinedCountsSql(),
    );
    // The engine orders text by its UTF-8 bytes, which is the order of code points.
    const ids = await rows(
      this.#connection,
      `SELECT account FROM suspect_names WHERE surely_named AND ${isPerson}
       ORDER BY account LIMIT ${this.#question.inquiry.accountIdsMax}`,
    );
    return {
      named: Number(counts["named"]),
      surelyNamed: Number(counts["surely_named"]),
      refused: Number(counts["refused"]),
      read: Number(counts["read"]),
      written: Number(counts["written"]),
      deleted: Number(counts["deleted"]),
      firstIds: ids.map((row) => String(row["account"])),
    };
  }

  async *accounts(): AsyncGenerator<readonly string[]> {
    let portion: string[] = [];
    const result = await this.#connection.stream(
      `SELECT account FROM suspect_names WHERE named AND ${notDecoy}`,
    );
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      for (const account of chunk.getColumnValues(0)) portion.push(String(account));
      if (portion.length < accountsAtOnce) continue;
      yield portion;
      portion = [];
    }
    if (portion.length > 0) yield portion;
  }

  async findDecoys(): Promise<{ readonly touched: readonly string[]; readonly byOthers: readonly string[] }> {
    const { inquiry } = this.#question;
    if (inquiry.decoys.length === 0) return { touched: [], byOthers: [] };
    const touched = await rows(
      this.#connection,
      "SELECT account FROM suspect_names WHERE surely_named AND account IN (SELECT account_id FROM decoys) ORDER BY account",
    );
    const others = inquiry.sources.map((asked, index) => {
      const { near, surelyMatches } = suspectConditions(inquiry, asked, dialect);
      const reads = `FROM ${this.#evidence.relation(index)} WHERE kind = ${eventKinds.access} AND ${near} AND NOT ${surelyMatches}`;
      return `SELECT account ${reads} AND account IN (SELECT account_id FROM decoys)
        UNION ALL SELECT account FROM (SELECT unnest(more) AS account ${reads} AND more IS NOT NULL) WHERE account IN (SELECT account_id FROM decoys)`;
    });
    const byOthers = await rows(
      this.#connection,
      `SELECT DISTINCT account FROM (${others.join("\nUNION ALL ")}) ORDER BY account`,
    );
    return {
      touched: touched.map((row) => String(row["account"])),
      byOthers: byOthers.map((row) => String(row["account"])),
    };
  }

  async listSuspects(eventsMax: number, accountsShownMax: number): Promise<readonly SuspectRow[]> {
    const found = await rows(
      this.#connection,
      `SELECT source, file, line, time_us, operation, kind, entry, surely, people, opens,
              (CASE WHEN account IS NULL THEN 0 ELSE 1 END) + coalesce(len(more), 0) AS named,
              list_concat(CASE WHEN account IS NULL THEN [] ELSE [account] END, coalesce(more, []))[1:${Math.trunc(accountsShownMax)}] AS accounts
       FROM (${suspectsSql(this.#question, (index) => this.#evidence.relation(index), "file, line, ")}) ORDER BY time_us, file, line, operation LIMIT ${Math.trunc(eventsMax)}`,
    );
    return found.map((row) => ({
      source: Number(row["source"]),
      file: Number(row["file"]),
      line: Number(row["line"]),
      timeUs: Number(row["time_us"]),
      operation: String(row["operation"]),
      kind: Number(row["kind"]),
      entry: numberOrNull(row["entry"]),
      surely: row["surely"] === true,
      accounts: row["accounts"] instanceof DuckDBListValue ? row["accounts"].items.map(String) : [],
      accountsNamed: Number(row["named"]),
      rows: numberOrNull(row["people"]),
      opensStore: row["opens"] === true,
    }));
  }

  close(): Promise<void> {
    this.#connection.closeSync();
    return Promise.resolve();
  }
}

/**
 * The suspects' events of all sources. Where each stands, which takes a quarter of the reading, only a list of them needs:
 * `places` names those columns.
 */
function suspectsSql(
  { inquiry, map }: EventQuestion,
  relation: (source: number) => string,
  places = "",
): string {
  const selects = inquiry.sources.map((asked, index) => {
    const { near, matches, surelyMatches, surelyInside } = suspectConditions(inquiry, asked, dialect);
    return `SELECT ${index}::USMALLINT AS source, ${places}time_us, operation, kind, entry, account, more, people, opens,
        (${surelyMatches} AND ${surelyInside}) AS surely, ${effectSql(map, index, dialect)} AS effect
      FROM ${relation(index)} WHERE ${near} AND ${matches}`;
  });
  return selects.join("\nUNION ALL ");
}

function numberOrNull(value: DuckDBValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function textOrNull(value: DuckDBValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
