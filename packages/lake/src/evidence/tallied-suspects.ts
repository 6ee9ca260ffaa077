import type { DuckDBConnection } from "@duckdb/node-api";
import { eventKinds } from "@cordon/evidence";

import type { EventQuestion } from "./event-queries.ts";
import { chunkBits } from "./part-tally.ts";
import type { EventShares, TalliedEvidence } from "./stored-evidence.ts";
import { effectSql, suspectConditions, type SqlDialect } from "./suspect-sql.ts";

/** The fields of a suspect that tallies tell apart. */
const talliedFields: ReadonlySet<string> = new Set(["operation", "outcome"]);

/** What the accounts of suspects' events have been seen in, as columns of `read_names`, `suspect_bits` and `suspect_names`. */
const sightings = ["named", "surely_named", "refused", "read", "written", "deleted"] as const;

/**
 * A source's events in parts that must be read and parts that count as a whole: those surely inside the window, for suspects
 * that are known by operation and outcome alone. Decoys make accounts differ, so that events must be read.
 */
export function sharesOf(
  { inquiry, population }: EventQuestion,
  index: number,
  evidence: TalliedEvidence,
): EventShares {
  const asked = inquiry.sources[index];
  const isTallied = asked?.suspects.every(({ fields }) =>
    fields.every(([field]) => talliedFields.has(field)),
  );
  if (asked === undefined || isTallied !== true || inquiry.decoys.length > 0)
    return { read: evidence.relation(index), tallied: null };
  const { skewUs } = asked;
  return evidence.shares(index, {
    inside: { fromUs: inquiry.fromUs + skewUs, toUs: inquiry.toUs - Math.max(1, skewUs) },
    rowsMax: population,
  });
}

/** The rows of a source's tallies that are the suspects'. */
export function talliedSql(
  { inquiry, map }: EventQuestion,
  index: number,
  tallies: string,
  dialect: SqlDialect,
): string {
  const asked = inquiry.sources[index];
  if (asked === undefined) throw new RangeError(`the map has no source ${index}`);
  const { matches, surelyMatches } = suspectConditions(inquiry, asked, dialect);
  return `SELECT ${index} AS source, kind, entry, operation, chunk, bits, events, reaching, opening, rows_sum, rows_max, first_us, last_us,
      ${surelyMatches} AS surely, ${effectSql(map, index, dialect)} AS effect FROM ${tallies} WHERE ${matches}`;
}

/** Counts of suspects' events by tallies, as `countSuspects` groups them. */
export function talliedCountsSql(tallied: readonly string[]): string {
  return `SELECT source, kind, surely, operation, entry, events, reaching, opening, rows_sum, rows_max,
      0 AS rows_over, 0 AS rows_excess, first_us, last_us
    FROM (${tallied.join("\nUNION ALL ")}) WHERE chunk IS NULL`;
}

/**
 * Makes `suspect_names` of the accounts that tallies name and of `read_names`, those that events name which had to be read:
 * accounts with a number as bits, the others as text.
 */
export async function joinNames(
  connection: DuckDBConnection,
  { tallied, accounts }: { readonly tallied: readonly string[]; readonly accounts: string },
): Promise<void> {
  await connection.run(
    `CREATE TEMP TABLE numbered_names AS
     SELECT number, read_names.* FROM read_names LEFT JOIN ${accounts} AS numbered ON numbered.account = read_names.account`,
  );
  const bits = sightings.map(
    (name) => `bitstring_agg(number % ${chunkBits}, 0, ${chunkBits - 1}) FILTER (${name}) AS ${name}`,
  );
  await connection.run(
    `CREATE TEMP TABLE suspect_bits AS
     SELECT chunk, ${sightings.map((name) => `bit_or(${name}) AS ${name}`).join(", ")}
     FROM (SELECT chunk, bit_or(bits::BIT) FILTER (kind = ${eventKinds.access}) AS named,
                  bit_or(bits::BIT) FILTER (kind = ${eventKinds.access} AND surely) AS surely_named,
                  bit_or(bits::BIT) FILTER (kind = ${eventKinds.refused} AND surely) AS refused,
                  bit_or(bits::BIT) FILTER (kind = ${eventKinds.access} AND surely AND effect = 'read') AS read,
                  bit_or(bits::BIT) FILTER (kind = ${eventKinds.access} AND surely AND effect = 'write') AS written,
                  bit_or(bits::BIT) FILTER (kind = ${eventKinds.access} AND surely AND effect NOT IN ('read', 'write')) AS deleted
           FROM (${tallied.join("\nUNION ALL ")}) WHERE chunk IS NOT NULL GROUP BY chunk
           UNION ALL
           SELECT number // ${chunkBits} AS chunk, ${bits.join(", ")} FROM numbered_names WHERE number IS NOT NULL GROUP BY number // ${chunkBits})
     GROUP BY chunk`,
  );
  const seen = sightings.map(
    (name) => `coalesce(get_bit(${name}, number % ${chunkBits}) = 1, false) AS ${name}`,
  );
  await connection.run(
    `CREATE TEMP VIEW suspect_names AS
     SELECT account, ${seen.join(", ")} FROM ${accounts} AS numbered JOIN suspect_bits ON chunk = number // ${chunkBits}
     UNION ALL BY NAME SELECT account, ${sightings.join(", ")} FROM numbered_names WHERE number IS NULL`,
  );
}

/** How many of `suspect_names` each sighting has, of names that `joinNames` joined. */
export function joinedCountsSql(): string {
  const bits = sightings.map((name) => `coalesce(sum(bit_count(${name})), 0) AS ${name}`);
  const others = sightings.map((name) => `count(*) FILTER (${name}) AS ${name}`);
  return `SELECT ${sightings.map((name) => `sum(${name})::DOUBLE AS ${name}`).join(", ")}
    FROM (SELECT ${bits.join(", ")} FROM suspect_bits UNION ALL SELECT ${others.join(", ")} FROM numbered_names WHERE number IS NULL)`;
}

/** How many of `suspect_names` each sighting has, without those that `where` leaves out. */
export function nameCountsSql(where: string): string {
  const counts = sightings.map((name) => `count(*) FILTER (${name}) AS ${name}`);
  return `SELECT ${counts.join(", ")} FROM suspect_names WHERE ${where}`;
}
