import type { DuckDBConnection } from "@duckdb/node-api";
import { oneNumber, rows } from "./engine.ts";
import { excerpt, wrongInput } from "./wrong-input.ts";

/**
 * Makes the view `installations_out` of the view `given_installations`, each row with its account's ordinal from
 * `numbered`; `file` is what messages call it (null: there are none at all). Answers how many there are.
 */
export async function takeInstallations(connection: DuckDBConnection, file: string | null): Promise<number> {
  if (file === null) {
    await connection.run(`CREATE VIEW installations_out AS ${none}`);
    return 0;
  }
  await connection.run(
    `CREATE TABLE placed AS
     SELECT given.line, given.account_id, given.platform, given.store, given.version,
       make_timestamptz(given.last_seen) AS last_seen, given.has_offline, accounts.ordinal
     FROM given_installations AS given LEFT JOIN numbered AS accounts ON given.account_id = accounts.account_id`,
  );
  const [unknown] = await rows(
    connection,
    "SELECT line, account_id FROM placed WHERE ordinal IS NULL ORDER BY line LIMIT 1",
  );
  if (unknown !== undefined) {
    const what = `an installation of the unknown account ${excerpt(String(unknown["account_id"]))}`;
    throw wrongInput(file, Number(unknown["line"]), what, "an account of the directory");
  }
  await connection.run("CREATE VIEW installations_out AS SELECT * EXCLUDE (line) FROM placed");
  return oneNumber(connection, "SELECT count(*) FROM placed");
}

const none = `SELECT CAST(NULL AS VARCHAR) AS account_id, CAST(NULL AS VARCHAR) AS platform, CAST(NULL AS VARCHAR) AS store,
  CAST(NULL AS VARCHAR) AS version, CAST(NULL AS TIMESTAMPTZ) AS last_seen, CAST(NULL AS BOOLEAN) AS has_offline,
  CAST(NULL AS UINTEGER) AS ordinal LIMIT 0`;
