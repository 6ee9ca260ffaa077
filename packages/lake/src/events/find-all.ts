import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataMap } from "@cordon/evidence";
import { compareCodePoints } from "@cordon/model";
import type { Findings, Inquiry, SourceFindings } from "@cordon/scope";

import { rows } from "../directory/engine.ts";
import type { Population } from "../directory/population.ts";
import { dropDuplicates, findAccesses, findUnclassified } from "./find-accesses.ts";
import { findChains } from "./find-chains.ts";
import { findDigest } from "./find-digest.ts";
import { findPeople } from "./find-people.ts";
import type { Intake } from "./intake.ts";

interface FindingRequest {
  readonly connection: DuckDBConnection;
  readonly map: DataMap;
  readonly inquiry: Inquiry;
  readonly intake: Intake;
  readonly population: Population | number | null;
}

/** Asks the tables everything that an answer is made of. */
export async function findAll(request: FindingRequest): Promise<Findings> {
  const { connection, map, intake, population } = request;
  await dropDuplicates(connection);
  const people = population === null || typeof population === "number" ? population : population.all;
  return {
    sources: await findSources(request, people),
    ...(await findPeople(connection, request)),
    population: people,
    decoysTouched: [...intake.decoysTouched].sort(compareCodePoints),
    decoysTouchedByOthers: [...intake.decoysTouchedByOthers].sort(compareCodePoints),
    firstAccessUs: intake.firstAccessUs,
    lastAccessUs: intake.lastAccessUs,
    digest: await findDigest(
      connection,
      map.sources.map((source) => source.name),
    ),
    rejectedLines: intake.rejectedLines,
  };
}

async function findSources(request: FindingRequest, people: number | null): Promise<SourceFindings[]> {
  const { connection, map, inquiry, intake } = request;
  const distinct = await countBySource(
    connection,
    "SELECT source, count(*) AS all_events FROM (SELECT DISTINCT source, key0, key1 FROM events) GROUP BY source",
  );
  const suspects = await countBySource(
    connection,
    "SELECT source, count(*) AS all_events, count(*) FILTER (surely) AS surely FROM suspect_events GROUP BY source",
  );
  const accesses = await findAccesses(connection, people);
  const unclassified = await findUnclassified(connection);
  const chains = await findChains(connection, { inquiry, chains: intake.chains });
  const sources: SourceFindings[] = [];
  for (const [index, source] of map.sources.entries()) {
    const readable = intake.readable[index] ?? 0;
    sources.push({
      source: source.name,
      readable,
      // Without an id every line is an event.
      events: source.fields.has("id") ? (distinct.get(index)?.all ?? 0) : readable,
      rejected: intake.rejected[index] ?? 0,
      suspectEvents: suspects.get(index)?.surely ?? 0,
      suspectEventsPossibly: (suspects.get(index)?.all ?? 0) - (suspects.get(index)?.surely ?? 0),
      accesses: accesses.get(index) ?? [],
      unclassified: unclassified.get(index) ?? [],
      chains: chains.get(index) ?? [],
    });
  }
  return sources;
}

async function countBySource(
  connection: DuckDBConnection,
  sql: string,
): Promise<ReadonlyMap<number, { readonly all: number; readonly surely: number }>> {
  const counts = await rows(connection, sql);
  return new Map(
    counts.map((row) => [
      Number(row["source"]),
      { all: Number(row["all_events"]), surely: Number(row["surely"] ?? 0) },
    ]),
  );
}
