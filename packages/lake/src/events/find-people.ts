import type { DuckDBConnection } from "@duckdb/node-api";
import type { Findings, Inquiry } from "@cordon/scope";

import { rows } from "../directory/engine.ts";
import type { Population } from "../directory/population.ts";
import { outcomeCodes } from "./event-tables.ts";

type PeopleFindings = Pick<
  Findings,
  "accounts" | "accountsPossibly" | "accountIds" | "accountsLacking" | "attempted" | "effects"
>;

/** How many accounts are looked up in the directory at once. */
const lookupAccounts = 50_000;

export async function findPeople(
  connection: DuckDBConnection,
  { inquiry, population }: { readonly inquiry: Inquiry; readonly population: Population | number | null },
): Promise<PeopleFindings> {
  const { access, refused } = outcomeCodes;
  await connection.run(
    `CREATE TEMP TABLE people AS
     SELECT account, bool_or(outcome = ${access}) AS named, bool_or(outcome = ${access} AND surely) AS surely_named,
            bool_or(outcome = ${refused} AND surely) AS refused, bool_or(surely AND effect = 'read') AS read,
            bool_or(surely AND effect = 'write') AS written, bool_or(surely AND effect = 'delete') AS deleted
     FROM names GROUP BY account`,
  );
  const [counts = {}] = await rows(
    connection,
    `SELECT count(*) FILTER (named) AS named, count(*) FILTER (surely_named) AS surely_named,
            count(*) FILTER (refused) AS refused, count(*) FILTER (read) AS read,
            count(*) FILTER (written) AS written, count(*) FILTER (deleted) AS deleted,
            (SELECT count(*) FROM suspect_events WHERE surely AND outcome = ${refused}) AS refused_events
     FROM people`,
  );
  // The engine orders text by its UTF-8 bytes, which is the order of code points.
  const ids = await rows(
    connection,
    `SELECT account FROM people WHERE surely_named ORDER BY account LIMIT ${inquiry.accountIdsMax}`,
  );
  const accountsPossibly = Number(counts["named"]);
  return {
    accounts: Number(counts["surely_named"]),
    accountsPossibly,
    accountIds: ids.map((row) => String(row["account"])),
    accountsLacking: await countLacking(connection, population, accountsPossibly),
    attempted: { events: Number(counts["refused_events"]), accounts: Number(counts["refused"]) },
    effects: {
      read: Number(counts["read"]),
      write: Number(counts["written"]),
      delete: Number(counts["deleted"]),
    },
  };
}

async function countLacking(
  connection: DuckDBConnection,
  population: Population | number | null,
  accountsPossibly: number,
): Promise<number> {
  if (population === null) return 0;
  // A mere number cannot say who is meant, but more people than it says are some that it lacks.
  if (typeof population === "number") return Math.max(0, accountsPossibly - population);
  let lacking = 0;
  let ids: string[] = [];
  const lookUp = async (): Promise<void> => {
    if (ids.length > 0) lacking += ids.length - (await population.counted(ids)).size;
    ids = [];
  };
  const result = await connection.stream("SELECT account FROM people WHERE named");
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const account of chunk.getColumnValues(0)) ids.push(String(account));
    if (ids.length >= lookupAccounts) await lookUp();
  }
  await lookUp();
  return lacking;
}
