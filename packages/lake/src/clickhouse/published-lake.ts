import { isJsonObject } from "@cordon/model";

import { LakeError } from "../errors.ts";
import { asManifest, manifestVersion, type LakeManifest, type LakePart } from "../evidence/lake-manifest.ts";
import type { ClickHouseConnection } from "./clickhouse-connection.ts";
import { lakeTable, eventsTable } from "./clickhouse-tables.ts";

/** What a publication put in force: the manifest of the lake it came from, and under which names its parts' rows lie here. */
export interface PublishedLake {
  /** Grows with every publication. */
  readonly publication: number;
  /** Without the files that hold the hashes of lines: `linesDigest` says what they would. */
  readonly manifest: LakeManifest;
  /** By the part's file in the lake it came from. */
  readonly partNames: ReadonlyMap<string, string>;
}

export const manifestKind = "manifest";
export const summaryKind = "summary";
export const digestFileKind = "digest-file";

/** What lies in the lake under a part's name. Throws RangeError for a part of another lake. */
export function partNameOf({ partNames }: PublishedLake, part: LakePart): string {
  const name = partNames.get(part.file);
  if (name === undefined) throw new RangeError(`part \`${part.file}\` was not published`);
  return name;
}

/** The newest publication, or null when there is none. Throws LakeError ERR_LAKE_FILE for one that cannot be read. */
export async function readPublished(
  connection: ClickHouseConnection,
  lake: string,
): Promise<PublishedLake | null> {
  const [newest] = await connection.rows(
    `SELECT publication, body FROM ${lakeTable} WHERE kind = '${manifestKind}' ORDER BY publication DESC, body DESC LIMIT 1`,
  );
  if (newest === undefined) return null;
  const unreadable = new LakeError(
    "ERR_LAKE_FILE",
    `\`${lake}\`: the newest manifest cannot be read, expected one of version ${manifestVersion}`,
  );
  let body: unknown;
  try {
    body = JSON.parse(String(newest["body"]));
  } catch {
    throw unreadable;
  }
  if (!isJsonObject(body) || !isJsonObject(body["manifest"]) || !isJsonObject(body["parts"]))
    throw unreadable;
  const { parts } = body;
  const manifest = asManifest(body["manifest"]);
  if (manifest === null) throw unreadable;
  return {
    publication: Number(newest["publication"]),
    manifest,
    partNames: new Map(
      Object.entries(parts).flatMap(([file, name]) => (typeof name === "string" ? [[file, name]] : [])),
    ),
  };
}

/** The number of the newest publication, 0 when there is none. */
export async function newestPublication(connection: ClickHouseConnection): Promise<number> {
  const [found] = await connection.rows(
    `SELECT max(publication) AS publication FROM ${lakeTable} WHERE kind = '${manifestKind}'`,
  );
  return Number(found?.["publication"] ?? 0);
}

export function publishedJson({ manifest, partNames }: PublishedLake): string {
  const sources = manifest.sources.map((source) => ({ ...source, lines: [] }));
  return JSON.stringify({ manifest: { ...manifest, sources }, parts: Object.fromEntries(partNames) });
}

/** How many rows lie under each part's name, whether a manifest names it or not. */
export async function countParts(connection: ClickHouseConnection): Promise<ReadonlyMap<string, number>> {
  const found = await connection.rows(`SELECT part, count() AS events FROM ${eventsTable} GROUP BY part`);
  return new Map(found.map((row) => [String(row["part"]), Number(row["events"])]));
}
