import type { ChainSummary, NumberRun, Span } from "../evidence/event-summary.ts";
import type { ClickHouseConnection } from "./clickhouse-connection.ts";
import { eventsTable } from "./clickhouse-tables.ts";

/** Follows the numbers of the events that a condition places, as `findChains` does in DuckDB. */
export async function findChains(
  connection: ClickHouseConnection,
  condition: string,
): Promise<readonly ChainSummary[]> {
  const numbers = `(
    SELECT chain, assumeNotNull(number) AS n, min(time_us) AS earliest, max(time_us) AS latest,
           if(count(id) = 0, count() > 1, ifNull(min(id) != max(id), false)) AS repeated
    FROM ${eventsTable} WHERE ${condition} AND number IS NOT NULL GROUP BY chain, n)`;
  const chains = new Map<string | null, { runs: NumberRun[]; repeats: Span[] }>();
  const of = (chain: unknown): { runs: NumberRun[]; repeats: Span[] } => {
    const name = typeof chain === "string" ? chain : null;
    const known = chains.get(name) ?? { runs: [], repeats: [] };
    chains.set(name, known);
    return known;
  };
  const runs = await connection.rows(
    `SELECT chain, min(n) AS first_number, max(n) AS last_number,
            argMin(earliest, n) AS first_from, argMin(latest, n) AS first_to,
            argMax(earliest, n) AS last_from, argMax(latest, n) AS last_to
     FROM (SELECT *, toInt128(n) - row_number() OVER (PARTITION BY chain ORDER BY n) AS run FROM ${numbers})
     GROUP BY chain, run ORDER BY chain, first_number`,
  );
  for (const row of runs) {
    of(row["chain"]).runs.push({
      first: BigInt(String(row["first_number"])),
      last: BigInt(String(row["last_number"])),
      firstAt: { fromUs: Number(row["first_from"]), toUs: Number(row["first_to"]) },
      lastAt: { fromUs: Number(row["last_from"]), toUs: Number(row["last_to"]) },
    });
  }
  const repeats = await connection.rows(
    `SELECT chain, earliest, latest FROM ${numbers} WHERE repeated ORDER BY chain, earliest, latest`,
  );
  for (const row of repeats)
    of(row["chain"]).repeats.push({ fromUs: Number(row["earliest"]), toUs: Number(row["latest"]) });
  return [...chains].map(([chain, found]) => ({ chain, ...found }));
}
