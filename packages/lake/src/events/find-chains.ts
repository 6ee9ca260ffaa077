import type { DuckDBConnection } from "@duckdb/node-api";
import type { ChainFindings, Inquiry } from "@cordon/scope";

import { rows } from "../directory/engine.ts";
import type { ChainNames } from "./chain-names.ts";

/**
 * Follows the sequence numbers of each source. Numbers grow by one with time: a missing one lies between the lines
 * beside it. Where one number was used by different events at different times (a counter that began anew, a forgery), what
 * lies between those times is not proven either.
 */
export async function findChains(
  connection: DuckDBConnection,
  { inquiry, chains }: { readonly inquiry: Inquiry; readonly chains: ChainNames },
): Promise<ReadonlyMap<number, readonly ChainFindings[]>> {
  await connection.run(
    `CREATE TEMP TABLE numbers AS
     SELECT source, chain, number, min(time_us) AS earliest, max(time_us) AS latest,
            min(id_key) <> max(id_key) AS repeated
     FROM events WHERE number IS NOT NULL GROUP BY source, chain, number`,
  );
  // A first number that stands at several times proves nothing before the last of them.
  const edges = await rows(
    connection,
    `SELECT source, chain, arg_min(latest, number) AS first, arg_max(earliest, number) AS last,
            count(*) FILTER (repeated) AS repeated
     FROM numbers GROUP BY source, chain ORDER BY source, chain NULLS FIRST`,
  );
  const holes = await findHoles(connection, inquiry);
  const found = edges.map((edge) => ({
    source: Number(edge["source"]),
    findings: {
      chain: chains.nameOf(edge["chain"] === null ? null : Number(edge["chain"])),
      firstUs: Number(edge["first"]),
      lastUs: Number(edge["last"]),
      holes: holes.get(chainKey(edge["source"], edge["chain"])) ?? [],
      repeated: Number(edge["repeated"]),
    },
  }));
  const bySource = new Map<number, ChainFindings[]>();
  for (const { source, findings } of found) {
    const known = bySource.get(source);
    if (known === undefined) bySource.set(source, [findings]);
    else known.push(findings);
  }
  return bySource;
}

type Hole = ChainFindings["holes"][number];

async function findHoles(
  connection: DuckDBConnection,
  inquiry: Inquiry,
): Promise<ReadonlyMap<string, Hole[]>> {
  const holes = new Map<string, Hole[]>();
  // Streamed and merged on the way: there may be as many as there are lines.
  const result = await connection.stream(
    `WITH beside AS (
       SELECT source, chain, number, earliest, latest, repeated,
              lag(number) OVER chained AS before,
              lag(earliest) OVER chained AS earliest_before, lag(latest) OVER chained AS latest_before
       FROM numbers WINDOW chained AS (PARTITION BY source, chain ORDER BY number)
     ), holes AS (
       SELECT source, chain, least(earliest, earliest_before) AS since, greatest(latest, latest_before) AS until
       FROM beside WHERE number::HUGEINT - before > 1
       UNION ALL
       SELECT source, chain, earliest, latest FROM beside WHERE repeated AND earliest < latest
     )
     SELECT source, chain, since, until FROM holes WHERE since < $1 AND until >= $2 ORDER BY ALL`,
    [BigInt(inquiry.toUs), BigInt(inquiry.fromUs)],
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return holes;
    for (const [source, chain, since, until] of chunk.getRows()) {
      const key = chainKey(source, chain);
      const found = holes.get(key) ?? [];
      if (found.length === 0) holes.set(key, found);
      const hole = { fromUs: Number(since), toUs: Number(until) };
      const last = found.at(-1);
      if (last !== undefined && hole.fromUs <= last.toUs) {
        found[found.length - 1] = { fromUs: last.fromUs, toUs: Math.max(last.toUs, hole.toUs) };
      } else {
        found.push(hole);
      }
    }
  }
}

function chainKey(source: unknown, chain: unknown): string {
  return `${String(source)}/${String(chain)}`;
}
