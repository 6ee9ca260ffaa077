import type { DataMap, Source } from "@cordon/evidence";

import { LakeError } from "../errors.ts";
import { joinAlive, joinChains, type EventSummary } from "../evidence/event-summary.ts";
import type { LakeManifest, LakeSource } from "../evidence/lake-manifest.ts";
import { parseSummary } from "../evidence/lake-writer.ts";
import { sourcesOf } from "../evidence/open-lake.ts";
import {
  noDigests,
  proveDigests,
  type CoverageNeeds,
  type StoredCoverage,
  type StoredEvidence,
} from "../evidence/stored-evidence.ts";
import { findChains } from "./clickhouse-chains.ts";
import type { ClickHouseConnection } from "./clickhouse-connection.ts";
import type { PlacedEvents } from "./clickhouse-event-queries.ts";
import { clickHouseText, isAmong } from "./clickhouse-sql.ts";
import { eventsTable, lakeTable } from "./clickhouse-tables.ts";
import {
  countParts,
  digestFileKind,
  newestPublication,
  partNameOf,
  readPublished,
  summaryKind,
  type PublishedLake,
} from "./published-lake.ts";

/** How many summaries are fetched at a time. */
const summariesAtOnce = 500;

/** What was published into a ClickHouse database. */
export class ClickHouseEvidence implements StoredEvidence, PlacedEvents {
  readonly #connection: ClickHouseConnection;
  readonly #published: PublishedLake;
  readonly #name: string;
  readonly sources: readonly LakeSource[];

  private constructor(
    connection: ClickHouseConnection,
    {
      published,
      name,
      map,
    }: { readonly published: PublishedLake; readonly name: string; readonly map: DataMap },
  ) {
    this.#connection = connection;
    this.#published = published;
    this.#name = name;
    this.sources = sourcesOf(published.manifest, map, name);
  }

  /**
   * Throws LakeError ERR_LAKE_NO_EVIDENCE when nothing was published or a source of the map was not, ERR_LAKE_READING when
   * it was imported with another map, ERR_LAKE_REMOTE when rows are missing: evidence is never dropped in silence.
   */
  static async open(
    connection: ClickHouseConnection,
    name: string,
    map: DataMap,
  ): Promise<ClickHouseEvidence> {
    const published = await readPublished(connection, name);
    if (published === null) {
      throw new LakeError("ERR_LAKE_NO_EVIDENCE", `\`${name}\`: nothing was published there`, {
        hint: "fill it with `cordon evidence publish`",
      });
    }
    const evidence = new ClickHouseEvidence(connection, { published, name, map });
    requireParts(published, await countParts(connection), name);
    return evidence;
  }

  /** Throws LakeError ERR_LAKE_BUSY when another publication has come into force since this one was opened. */
  async requireInForce(): Promise<void> {
    if ((await newestPublication(this.#connection)) === this.#published.publication) return;
    throw new LakeError("ERR_LAKE_BUSY", `\`${this.#name}\`: evidence was published while it was asked`, {
      hint: "ask again",
    });
  }

  events(index: number): number {
    return this.#source(index).parts.reduce((sum, part) => sum + part.events, 0);
  }

  relation(index: number): string {
    return `(SELECT * FROM ${eventsTable} WHERE ${this.condition(index, -Infinity, Infinity)})`;
  }

  condition(index: number, fromUs: number, toUs: number): string {
    const source = this.#source(index);
    const parts = source.parts.filter((part) => part.fromUs < toUs && part.toUs >= fromUs);
    const days = parts.map(({ day }) => day);
    if (parts.length === 0) return "false";
    const names = parts.map((part) => partNameOf(this.#published, part));
    // Which days the parts hold follows from their names; said as well, the engine leaves other partitions closed.
    const first = days.reduce((least, day) => Math.min(least, day));
    const last = days.reduce((most, day) => Math.max(most, day));
    return `source = ${clickHouseText(source.name)} AND day BETWEEN ${first} AND ${last} AND ${isAmong("part", names)}`;
  }

  async coverage(index: number, source: Source, needs: CoverageNeeds): Promise<StoredCoverage> {
    const held = this.#source(index);
    const summaries = needs.alive || needs.chains ? await this.#summaries(held) : [];
    const chains = needs.chains
      ? (joinChains(summaries.map((summary) => summary.chains)) ??
        (await findChains(this.#connection, this.condition(index, -Infinity, Infinity))))
      : [];
    const alive = (needs.alive ? summaries : [])
      .flatMap((summary) => [...summary.alive])
      .sort((a, b) => a.fromUs - b.fromUs);
    const digests = needs.digests
      ? await proveDigests((file) => this.#digestFile(file.sha256), source, held)
      : noDigests;
    return { alive: joinAlive(alive), chains, ...digests };
  }

  linesDigest(index: number): Promise<string> {
    const { linesDigest, name } = this.#source(index);
    if (linesDigest !== null) return Promise.resolve(linesDigest);
    throw new LakeError("ERR_LAKE_FILE", `\`${this.#name}\`: source \`${name}\` has no digest of its lines`);
  }

  async #summaries({ parts }: LakeSource): Promise<readonly EventSummary[]> {
    const names = parts.map((part) => partNameOf(this.#published, part));
    const summaries = new Map<string, EventSummary>();
    for (let begin = 0; begin < names.length; begin += summariesAtOnce) {
      const found = await this.#connection.rows(
        `SELECT name, any(body) AS summary FROM ${lakeTable}
         WHERE kind = '${summaryKind}' AND ${isAmong("name", names.slice(begin, begin + summariesAtOnce))} GROUP BY name`,
      );
      for (const row of found) summaries.set(String(row["name"]), parseSummary(String(row["summary"])));
    }
    return names.map((name) => {
      const summary = summaries.get(name);
      if (summary === undefined)
        throw new LakeError(
          "ERR_LAKE_REMOTE",
          `\`${this.#name}\`: the summary of part \`${name}\` is missing`,
        );
      return summary;
    });
  }

  async #digestFile(sha256: string): Promise<Uint8Array> {
    const [found] = await this.#connection.rows(
      `SELECT body FROM ${lakeTable} WHERE kind = '${digestFileKind}' AND name = ${clickHouseText(sha256)} LIMIT 1`,
    );
    if (found === undefined)
      throw new LakeError("ERR_LAKE_REMOTE", `\`${this.#name}\`: digest file \`${sha256}\` is missing`);
    return Buffer.from(String(found["body"]), "base64");
  }

  #source(index: number): LakeSource {
    const source = this.sources[index];
    if (source === undefined) throw new RangeError(`the map has no source ${index}`);
    return source;
  }
}

/** Every part that is in force must be there as a whole: a shard that is away, a replica that lags, rows that were removed. */
export function requireParts(
  published: PublishedLake,
  counts: ReadonlyMap<string, number>,
  lake: string,
): void {
  for (const part of allParts(published.manifest)) {
    const name = partNameOf(published, part);
    const held = counts.get(name) ?? 0;
    if (held === part.events) continue;
    throw new LakeError(
      "ERR_LAKE_REMOTE",
      `\`${lake}\`: part \`${name}\` has ${held} events, expected ${part.events}`,
      { hint: "see that all shards answer and no replica lags behind, or publish the lake again" },
    );
  }
}

export function allParts(manifest: LakeManifest): LakeSource["parts"] {
  return manifest.sources.flatMap(({ parts }) => parts);
}
