import type { DuckDBConnection } from "@duckdb/node-api";
import { oneNumber, rows, sqlPath } from "./engine.ts";
import { excerpt, wrongInput } from "./wrong-input.ts";

interface AccountsMerge {
  /** The export that the view `given` reads. */
  readonly file: string;
  /** The export brings ordinals: one of Cordon's own. */
  readonly hasOrdinals: boolean;
  /** The accounts.parquet of the version before. */
  readonly before: string | null;
  /** When accounts that are missing now have left. */
  readonly leftAtUs: bigint;
}

/**
 * Joins the view `given` with the accounts at rest: makes the table `numbered` (account_id, line in the export or null,
 * ordinal) and the view `accounts_out`. Both views are read again whenever it is.
 * INVARIANT: an account's ordinal never changes; ordinals are 0 … n − 1, each once.
 */
export async function mergeAccounts(
  connection: DuckDBConnection,
  { file, hasOrdinals, before, leftAtUs }: AccountsMerge,
): Promise<{ readonly accounts: number; readonly left: number }> {
  await connection.run(
    before === null
      ? `CREATE VIEW known AS SELECT account_id, created_at, market, locale, email, password_set_at, left_at, ordinal
         FROM given LIMIT 0`
      : `CREATE VIEW known AS SELECT account_id, epoch_us(created_at) AS created_at, market, locale, email,
           epoch_us(password_set_at) AS password_set_at, epoch_us(left_at) AS left_at, ordinal
         FROM read_parquet(${sqlPath(before)})`,
  );
  await connection.run(
    `CREATE TABLE merged AS
     SELECT coalesce(given.account_id, known.account_id) AS account_id, given.line AS line,
       known.ordinal AS known_ordinal, given.ordinal AS given_ordinal
     FROM given FULL OUTER JOIN known ON given.account_id = known.account_id`,
  );
  if (hasOrdinals) await checkGivenOrdinals(connection, file, before !== null);
  const knownCount = await oneNumber(connection, "SELECT count(known_ordinal) FROM merged");
  const next = hasOrdinals ? "given_ordinal" : `${knownCount} + row_number() OVER (ORDER BY line) - 1`;
  await connection.run(
    `CREATE TABLE numbered AS
     SELECT account_id, line, CAST(known_ordinal AS UINTEGER) AS ordinal FROM merged WHERE known_ordinal IS NOT NULL
     UNION ALL
     SELECT account_id, line, CAST(${next} AS UINTEGER) AS ordinal FROM merged WHERE known_ordinal IS NULL;
     DROP TABLE merged`,
  );
  await connection.run(
    `CREATE VIEW accounts_out AS
     SELECT account_id, make_timestamptz(created_at) AS created_at, market, locale, email,
       make_timestamptz(password_set_at) AS password_set_at, make_timestamptz(left_at) AS left_at, ordinal
     FROM (
       SELECT numbered.account_id, given.created_at, market, locale, nullif(email, '') AS email, password_set_at, left_at,
         numbered.ordinal
       FROM numbered JOIN given ON numbered.line = given.line
       UNION ALL
       SELECT numbered.account_id, known.created_at, market, locale, email, password_set_at,
         coalesce(left_at, ${leftAtUs}) AS left_at, numbered.ordinal
       FROM numbered JOIN known ON numbered.ordinal = known.ordinal WHERE numbered.line IS NULL
     )`,
  );
  return {
    accounts: await oneNumber(connection, "SELECT count(*) FROM numbered"),
    left: await oneNumber(
      connection,
      "SELECT (SELECT count(*) FROM numbered WHERE line IS NULL) + (SELECT count(left_at) FROM given)",
    ),
  };
}

/** Throws LakeError when an export's own ordinals contradict those at rest, or leave a hole. */
async function checkGivenOrdinals(
  connection: DuckDBConnection,
  file: string,
  refresh: boolean,
): Promise<void> {
  const [other] = await rows(
    connection,
    `SELECT line, account_id, known_ordinal FROM merged WHERE known_ordinal <> given_ordinal ORDER BY line LIMIT 1`,
  );
  if (other !== undefined) {
    const account = excerpt(String(other["account_id"]));
    throw wrongInput(
      file,
      Number(other["line"]),
      `another ordinal for ${account}`,
      `${String(other["known_ordinal"])} as imported before`,
    );
  }
  if (!refresh) return;
  const [taken] = await rows(
    connection,
    `SELECT line FROM merged WHERE known_ordinal IS NULL
       AND (given_ordinal >= (SELECT count(*) FROM merged) OR given_ordinal IN (SELECT known_ordinal FROM merged))
     ORDER BY line LIMIT 1`,
  );
  if (taken !== undefined) {
    throw wrongInput(
      file,
      Number(taken["line"]),
      "an ordinal of another account or beyond their number",
      "the next free ones",
    );
  }
}
