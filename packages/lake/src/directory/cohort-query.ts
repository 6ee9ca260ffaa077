import type { DuckDBConnection } from "@duckdb/node-api";
import { appStores, InputError, parseInstant, platforms } from "@cordon/model";
import type { InputPath } from "@cordon/model";
import type { Cohort, DirectoryCohort, OneOrMore } from "./cohort.ts";
import { rows, sqlText } from "./engine.ts";
import { listTable } from "./list-table.ts";
import { marketPattern } from "./table-format.ts";
import { isVersion, versionBelow } from "./version-order.ts";

/** How deep cohorts may lie in each other. */
const cohortDepthMax = 32;
/** How many cohorts one may consist of. */
const cohortPartsMax = 1000;

/** SQL's names; `EXCEPT` takes all later parts from the first. */
export type SetOperator = "UNION" | "INTERSECT" | "EXCEPT";

/** What to make of a cohort's leaves and of its combinations. */
interface CohortFold<Result> {
  /** `ordinals` is a query with the one column `ordinal`. */
  readonly leaf: (ordinals: string) => Promise<Result>;
  readonly combine: (operator: SetOperator, parts: readonly Result[]) => Result;
}

/**
 * Writes the SQL query for the ordinals of a cohort, over the views `accounts` and `installations`. Lists of ids and
 * versions become temporary tables of the connection, so that no data stands in the SQL.
 */
export class CohortQuery {
  readonly #connection: DuckDBConnection;
  readonly #lists: string[] = [];
  #parts = 0;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** The temporary tables of the ids that `accounts` lists name. */
  get lists(): readonly string[] {
    return this.#lists;
  }

  /** Throws InputError, with the path of keys in the cohort, for one that means nothing. */
  ordinals(cohort: Cohort, path: InputPath = []): Promise<string> {
    return this.walk(
      cohort,
      {
        leaf: (ordinals) => Promise.resolve(ordinals),
        combine: (operator, parts) => parts.map((part) => `(${part})`).join(` ${operator} `),
      },
      path,
    );
  }

  /**
   * Folds a cohort from its leaves, each a query for ordinals; parts are combined in their order. Throws InputError as
   * `ordinals` does.
   */
  async walk<Result>(cohort: Cohort, fold: CohortFold<Result>, path: InputPath = []): Promise<Result> {
    this.#parts += 1;
    if (path.length > 2 * cohortDepthMax)
      throw new InputError(path, "a cohort too deep", `at most ${cohortDepthMax} levels`);
    if (this.#parts > cohortPartsMax)
      throw new InputError(path, "too large a cohort", `at most ${cohortPartsMax} parts`);
    if ("everyone" in cohort) return fold.leaf("SELECT ordinal FROM accounts");
    if ("accounts" in cohort) return fold.leaf(await this.#listed(cohort.accounts));
    if ("directory" in cohort)
      return fold.leaf(await this.#matching(cohort.directory, [...path, "directory"]));
    if ("union" in cohort) return this.#combined("UNION", cohort.union, fold, [...path, "union"]);
    if ("intersect" in cohort)
      return this.#combined("INTERSECT", cohort.intersect, fold, [...path, "intersect"]);
    return this.#combined("EXCEPT", cohort.minus, fold, [...path, "minus"]);
  }

  async #combined<Result>(
    operator: SetOperator,
    cohorts: readonly Cohort[],
    fold: CohortFold<Result>,
    path: InputPath,
  ): Promise<Result> {
    if (cohorts.length === 0) throw new InputError(path, "no cohort", "at least one");
    const parts: Result[] = [];
    for (const [index, cohort] of cohorts.entries())
      parts.push(await this.walk(cohort, fold, [...path, index]));
    return fold.combine(operator, parts);
  }

  async #listed(accountIds: readonly string[]): Promise<string> {
    const list = `listed_${this.#parts}`;
    await listTable(this.#connection, list, accountIds);
    this.#lists.push(list);
    return `SELECT ordinal FROM accounts WHERE account_id IN (SELECT account_id FROM ${list})`;
  }

  async #matching(cohort: DirectoryCohort, path: InputPath): Promise<string> {
    const conditions: string[] = [];
    if (cohort.passwordSetBefore !== undefined) {
      conditions.push(before("password_set_at", cohort.passwordSetBefore, [...path, "passwordSetBefore"]));
    }
    if (cohort.createdBefore !== undefined) {
      conditions.push(before("created_at", cohort.createdBefore, [...path, "createdBefore"]));
    }
    if (cohort.market !== undefined) {
      conditions.push(inMarkets(list(cohort.market, [...path, "market"])));
    }
    const installation = await this.#installation(cohort, path);
    if (installation !== null)
      conditions.push(`ordinal IN (SELECT ordinal FROM installations WHERE ${installation})`);
    if (conditions.length === 0) throw new InputError(path, "no condition", "at least one, or `everyone`");
    return `SELECT ordinal FROM accounts WHERE ${conditions.join(" AND ")}`;
  }

  /** The conditions that one installation must fulfil together; null when there are none. */
  async #installation(cohort: DirectoryCohort, path: InputPath): Promise<string | null> {
    const conditions: string[] = [];
    if (cohort.platform !== undefined)
      conditions.push(listedIn("platform", cohort.platform, platforms, [...path, "platform"]));
    if (cohort.store !== undefined)
      conditions.push(listedIn("store", cohort.store, appStores, [...path, "store"]));
    if (cohort.hasOffline !== undefined)
      conditions.push(`has_offline = ${cohort.hasOffline ? "true" : "false"}`);
    if (cohort.versionBelow !== undefined) {
      if (!isVersion(cohort.versionBelow)) {
        const expected = "one to four numbers, a pre-release perhaps";
        throw new InputError([...path, "versionBelow"], `\`${cohort.versionBelow}\` is no version`, expected);
      }
      const below = versionBelow(cohort.versionBelow);
      // There are far fewer versions than installations: compare each once, where text is compared as versions are.
      const distinct = await rows(
        this.#connection,
        "SELECT DISTINCT version FROM installations WHERE version IS NOT NULL",
      );
      const versions = distinct.map((row) => String(row["version"])).filter((version) => below(version));
      const table = await this.#textTable("versions", versions);
      conditions.push(`(version IS NULL OR version IN (SELECT value FROM ${table}))`);
    }
    return conditions.length === 0 ? null : conditions.join(" AND ");
  }

  async #textTable(name: string, values: readonly string[]): Promise<string> {
    const table = `${name}_${this.#parts}`;
    await listTable(this.#connection, table, values, "value");
    return table;
  }
}

function before(column: string, time: string, path: InputPath): string {
  const ms = parseInstant(time);
  if (ms === null) throw new InputError(path, `\`${time}\` is no time`, "an RFC 3339 time with `Z`");
  return `(${column} IS NULL OR epoch_us(${column}) < ${ms * 1000})`;
}

function list(values: OneOrMore<string>, path: InputPath): readonly string[] {
  const all = typeof values === "string" ? [values] : values;
  if (all.length === 0) throw new InputError(path, "no value", "at least one");
  return all;
}

const isMarket = new RegExp(`^(?:${marketPattern})$`);

/**
 * SQL for accounts of these markets. What no directory holds is left out, which makes the others safe to write. A function of
 * a constant list is worked out once for each text of a column's dictionary, not for each account.
 */
function inMarkets(markets: readonly string[]): string {
  const literals = markets.filter((market) => isMarket.test(market)).map(sqlText);
  return literals.length === 0 ? "false" : `list_contains([${literals.join(", ")}], market)`;
}

/** SQL for a column that holds only `known` values: another one is a slip, not a set of nobody. */
function listedIn(
  column: string,
  values: OneOrMore<string>,
  known: readonly string[],
  path: InputPath,
): string {
  const literals = list(values, path).map((value) => {
    if (known.includes(value)) return `'${value}'`;
    throw new InputError(path, `unknown ${column} \`${value}\``, `one of ${known.join(", ")}`);
  });
  return `${column} IN (${literals.join(", ")})`;
}
