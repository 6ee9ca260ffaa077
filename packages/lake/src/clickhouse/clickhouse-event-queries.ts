import { eventKinds } from "@cordon/evidence";

import type {
  EventQueries,
  EventQuestion,
  NamedAccounts,
  SuspectCounts,
  SuspectRow,
} from "../evidence/event-queries.ts";
import { LakeError } from "../errors.ts";
import { effectSql, suspectConditions } from "../evidence/suspect-sql.ts";
import type { ClickHouseConnection } from "./clickhouse-connection.ts";
import { clickHouseDialect, isAmong } from "./clickhouse-sql.ts";
import { eventsTable } from "./clickhouse-tables.ts";

const accountsAtOnce = 50_000;

/** All accounts that an event names; an event that names none has an empty list. */
const namesSql = "arrayConcat(if(account IS NULL, emptyArrayString(), [assumeNotNull(account)]), more)";

/** Which rows of the table are a source's events between two times, as a condition. */
export interface PlacedEvents {
  condition(index: number, fromUs: number, toUs: number): string;
}

/** Events in a ClickHouse server. Each question is one query: nothing is kept on the server between them. */
export class ClickHouseEventQueries implements EventQueries {
  readonly #connection: ClickHouseConnection;
  readonly #question: EventQuestion;
  readonly #placed: PlacedEvents;
  readonly #decoys: readonly string[];
  readonly #suspects: string;
  readonly #suspectNames: string;
  #named: NamedAccounts | null = null;

  constructor(connection: ClickHouseConnection, question: EventQuestion, placed: PlacedEvents) {
    this.#connection = connection;
    this.#question = question;
    this.#placed = placed;
    const { inquiry, map } = question;
    this.#decoys = [...new Set(inquiry.decoys)];
    const selects = inquiry.sources.map((asked, index) => {
      const { near, matches, surelyMatches, surelyInside } = suspectConditions(
        inquiry,
        asked,
        clickHouseDialect,
      );
      return `SELECT toUInt16(${index}) AS position, file, line, time_us, operation, kind, entry, account, more, people, opens,
          toBool(${surelyMatches} AND ${surelyInside}) AS surely, ${effectSql(map, index, clickHouseDialect)} AS effect
        FROM ${eventsTable} WHERE ${this.#place(index)} AND ${near} AND ${matches}`;
    });
    this.#suspects = `(${selects.join("\nUNION ALL ")})`;
    const { access, refused } = eventKinds;
    this.#suspectNames = `(
      SELECT name, max(kind = ${access}) AS named, max(kind = ${access} AND surely) AS surely_named,
             max(kind = ${refused} AND surely) AS refused,
             max(kind = ${access} AND surely AND effect = 'read') AS read,
             max(kind = ${access} AND surely AND effect = 'write') AS written,
             max(kind = ${access} AND surely AND effect = 'delete') AS deleted
      FROM (SELECT arrayJoin(${namesSql}) AS name, kind, surely, effect FROM ${this.#suspects})
      GROUP BY name)`;
  }

  async countSuspects(): Promise<readonly SuspectCounts[]> {
    const { population } = this.#question;
    const { access, unclassified } = eventKinds;
    // Without a population no count is over it, as no comparison with NULL holds.
    const over = population === null ? "false" : `people > ${Math.trunc(population)}`;
    const excess = population === null ? "0" : `toInt128(people) - ${Math.trunc(population)}`;
    const someoneReal =
      this.#decoys.length === 0
        ? "account IS NOT NULL"
        : `length(arrayFilter(name -> ${isAmong("name", this.#decoys)}, ${namesSql})) < length(${namesSql})`;
    const found = await this.#connection.rows(
      `SELECT position, kind, surely, if(kind IN (${access}, ${unclassified}), operation, NULL) AS told_operation, entry,
              count() AS event_count, countIf(reaching) AS reaching_count,
              countIf(kind = ${access} AND opens) AS opening_count,
              toFloat64(ifNull(sum(toInt128(people)), 0)) AS rows_sum, toFloat64(ifNull(max(people), 0)) AS rows_max,
              countIf(${over}) AS rows_over, toFloat64(ifNull(sumIf(${excess}, ${over}), 0)) AS rows_excess,
              minOrNullIf(time_us, reaching) AS first_us, maxOrNullIf(time_us, reaching) AS last_us
       FROM (SELECT *, kind = ${access} AND (opens OR ifNull(people > 0, false) OR ${someoneReal}) AS reaching
             FROM ${this.#suspects})
       GROUP BY position, kind, surely, told_operation, entry
       ORDER BY position, kind, surely, told_operation, entry`,
    );
    return found.map((row) => ({
      source: Number(row["position"]),
      kind: Number(row["kind"]),
      operation: textOrNull(row["told_operation"]),
      entry: numberOrNull(row["entry"]),
      surely: row["surely"] === true,
      events: Number(row["event_count"]),
      reaching: Number(row["reaching_count"]),
      opening: Number(row["opening_count"]),
      rowsSum: Number(row["rows_sum"]),
      rowsMax: Number(row["rows_max"]),
      rowsOver: Number(row["rows_over"]),
      rowsExcess: Number(row["rows_excess"]),
      firstUs: numberOrNull(row["first_us"]),
      lastUs: numberOrNull(row["last_us"]),
    }));
  }

  async nameAccounts(): Promise<NamedAccounts> {
    const people = `FROM ${this.#suspectNames} WHERE NOT ${isAmong("name", this.#decoys)}`;
    const [counts = {}] = await this.#connection.rows(
      `SELECT countIf(named) AS named_count, countIf(surely_named) AS surely_count, countIf(refused) AS refused_count,
              countIf(read) AS read_count, countIf(written) AS written_count, countIf(deleted) AS deleted_count ${people}`,
    );
    // The engine orders text by its UTF-8 bytes, which is the order of code points.
    const ids = await this.#connection.rows(
      `SELECT name ${people} AND surely_named ORDER BY name LIMIT ${this.#question.inquiry.accountIdsMax}`,
    );
    this.#named = {
      named: Number(counts["named_count"]),
      surelyNamed: Number(counts["surely_count"]),
      refused: Number(counts["refused_count"]),
      read: Number(counts["read_count"]),
      written: Number(counts["written_count"]),
      deleted: Number(counts["deleted_count"]),
      firstIds: ids.map((row) => String(row["name"])),
    };
    return this.#named;
  }

  async *accounts(): AsyncGenerator<readonly string[]> {
    const { named } = this.#named ?? (await this.nameAccounts());
    let left = named;
    let portion: string[] = [];
    const texts = this.#connection.texts(
      `SELECT name FROM ${this.#suspectNames} WHERE named AND NOT ${isAmong("name", this.#decoys)}`,
    );
    for await (const names of texts) {
      left -= names.length;
      portion = portion.concat(names);
      if (portion.length < accountsAtOnce) continue;
      yield portion;
      portion = [];
    }
    if (portion.length > 0) yield portion;
    // A server that fails after it has begun to answer may leave the rest out.
    if (left !== 0)
      throw new LakeError("ERR_LAKE_REMOTE", `the server named ${named - left} accounts, expected ${named}`);
  }

  async findDecoys(): Promise<{ readonly touched: readonly string[]; readonly byOthers: readonly string[] }> {
    const { inquiry } = this.#question;
    if (this.#decoys.length === 0) return { touched: [], byOthers: [] };
    const touched = await this.#connection.rows(
      `SELECT name FROM ${this.#suspectNames} WHERE surely_named AND ${isAmong("name", this.#decoys)} ORDER BY name`,
    );
    const others = inquiry.sources.map((asked, index) => {
      const { near, surelyMatches } = suspectConditions(inquiry, asked, clickHouseDialect);
      return `SELECT arrayJoin(${namesSql}) AS name FROM ${eventsTable}
        WHERE ${this.#place(index)} AND kind = ${eventKinds.access} AND ${near} AND NOT ${surelyMatches}`;
    });
    const byOthers = await this.#connection.rows(
      `SELECT DISTINCT name FROM (${others.join("\nUNION ALL ")}) WHERE ${isAmong("name", this.#decoys)} ORDER BY name`,
    );
    return {
      touched: touched.map((row) => String(row["name"])),
      byOthers: byOthers.map((row) => String(row["name"])),
    };
  }

  async listSuspects(eventsMax: number, accountsShownMax: number): Promise<readonly SuspectRow[]> {
    const found = await this.#connection.rows(
      `SELECT position, file, line, time_us, operation, kind, entry, surely, people, opens,
              length(${namesSql}) AS name_count, arraySlice(${namesSql}, 1, ${Math.trunc(accountsShownMax)}) AS names
       FROM ${this.#suspects} ORDER BY time_us, file, line, operation LIMIT ${Math.trunc(eventsMax)}`,
    );
    return found.map((row) => ({
      source: Number(row["position"]),
      file: Number(row["file"]),
      line: Number(row["line"]),
      timeUs: Number(row["time_us"]),
      operation: String(row["operation"]),
      kind: Number(row["kind"]),
      entry: numberOrNull(row["entry"]),
      surely: row["surely"] === true,
      accounts: Array.isArray(row["names"]) ? row["names"].map(String) : [],
      accountsNamed: Number(row["name_count"]),
      rows: numberOrNull(row["people"]),
      opensStore: row["opens"] === true,
    }));
  }

  /** The connection is whose opened it. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #place(index: number): string {
    const { inquiry } = this.#question;
    const { skewUs = 0 } = inquiry.sources[index] ?? {};
    return this.#placed.condition(index, inquiry.fromUs - skewUs, inquiry.toUs + skewUs);
  }
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
