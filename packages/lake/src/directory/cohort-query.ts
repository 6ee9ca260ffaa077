import type { DuckDBConnection } from "@duckdb/node-api";
import { InputError } from "@cordon/model";
import type { InputPath } from "@cordon/model";
import { cohortRule } from "./cohort-rule.ts";
import type { CohortRule, InstallationRule, TimeBound } from "./cohort-rule.ts";
import type { Cohort } from "./cohort.ts";
import { rows, sqlText } from "./engine.ts";
import { listTable } from "./list-table.ts";
import { marketPattern } from "./table-format.ts";

/** How deep cohorts may lie in each other. */
const cohortDepthMax = 32;
/** How many cohorts one may consist of. */
const cohortPartsMax = 1000;

/** SQL's names; `EXCEPT` takes all later parts from the first. */
export type SetOperator = "UNION" | "INTERSECT" | "EXCEPT";

/** A cohort that no others make up. */
interface CohortLeaf {
  /** `everyone`, a list of accounts, or conditions on the directory. */
  readonly is: "everyone" | "listed" | CohortRule;
  /** A query with the one column `ordinal`. */
  readonly ordinals: () => Promise<string>;
}

/** What to make of a cohort's leaves and of its combinations. */
interface CohortFold<Result> {
  readonly leaf: (leaf: CohortLeaf) => Promise<Result>;
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
        leaf: (leaf) => leaf.ordinals(),
        combine: (operator, parts) => parts.map((part) => `(${part})`).join(` ${operator} `),
      },
      path,
    );
  }

  /**
   * Folds a cohort from its leaves; parts are combined in their order. Throws InputError as `ordinals` does.
   */
  async walk<Result>(cohort: Cohort, fold: CohortFold<Result>, path: InputPath = []): Promise<Result> {
    this.#parts += 1;
    if (path.length > 2 * cohortDepthMax)
      throw new InputError(path, "a cohort too deep", `at most ${cohortDepthMax} levels`);
    if (this.#parts > cohortPartsMax)
      throw new InputError(path, "too large a cohort", `at most ${cohortPartsMax} parts`);
    if ("everyone" in cohort)
      return fold.leaf({ is: "everyone", ordinals: () => Promise.resolve("SELECT ordinal FROM accounts") });
    if ("accounts" in cohort) {
      const listed = await this.#listed(cohort.accounts);
      return fold.leaf({ is: "listed", ordinals: () => Promise.resolve(listed) });
    }
    if ("directory" in cohort) {
      const rule = cohortRule(cohort.directory, [...path, "directory"]);
      return fold.leaf({ is: rule, ordinals: () => this.#matching(rule) });
    }
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

  async #matching({ markets, created, passwordSet, installation }: CohortRule): Promise<string> {
    const conditions = [...times("created_at", created), ...times("password_set_at", passwordSet)];
    if (markets !== null) conditions.push(inMarkets(markets));
    if (installation !== null) {
      const matching = await this.#installation(installation);
      conditions.push(`ordinal IN (SELECT ordinal FROM installations WHERE ${matching})`);
    }
    return `SELECT ordinal FROM accounts WHERE ${conditions.join(" AND ")}`;
  }

  /** The conditions that one installation must fulfil together. */
  async #installation(rule: InstallationRule): Promise<string> {
    const conditions = times("last_seen", rule.lastSeen);
    if (rule.platforms !== null) conditions.push(`platform IN (${rule.platforms.map(sqlText).join(", ")})`);
    if (rule.stores !== null) conditions.push(`store IN (${rule.stores.map(sqlText).join(", ")})`);
    if (rule.hasOffline !== null) conditions.push(`has_offline = ${rule.hasOffline ? "true" : "false"}`);
    if (rule.version !== null) {
      // There are far fewer versions than installations: compare each once, where text is compared as versions are.
      const distinct = await rows(
        this.#connection,
        "SELECT DISTINCT version FROM installations WHERE version IS NOT NULL",
      );
      const versions = distinct.map((row) => String(row["version"])).filter(rule.version);
      const table = `versions_${this.#parts}`;
      await listTable(this.#connection, table, versions, "value");
      const absent = rule.version(null) ? "version IS NULL OR " : "";
      conditions.push(`(${absent}version IN (SELECT value FROM ${table}))`);
    }
    return conditions.join(" AND ");
  }
}

function times(column: string, bounds: readonly TimeBound[]): string[] {
  return bounds.map(({ side, ms }) =>
    side === "before"
      ? `(${column} IS NULL OR epoch_us(${column}) < ${ms * 1000})`
      : `(${column} IS NOT NULL AND epoch_us(${column}) >= ${ms * 1000})`,
  );
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
