import { readFile } from "node:fs/promises";
import path from "node:path";

import { takeImportLock } from "../directory/import-lock.ts";
import { LakeError } from "../errors.ts";
import { sha256OfFile } from "../evidence/file-content.ts";
import { readManifest, type LakeManifest } from "../evidence/lake-manifest.ts";
import { ClickHouseConnection, type ClickHouseRow } from "./clickhouse-connection.ts";
import { allParts, requireParts } from "./clickhouse-evidence.ts";
import { clickHouseText, isAmong } from "./clickhouse-sql.ts";
import { createTablesSql, eventsTable, insertPartSql, lakeTable } from "./clickhouse-tables.ts";
import type { ClickHouseLake } from "./clickhouse-target.ts";
import {
  countParts,
  digestFileKind,
  manifestKind,
  newestPublication,
  publishedJson,
  readPublished,
  summaryKind,
  type PublishedLake,
} from "./published-lake.ts";

export interface PublishRequest {
  /** A lake that `importEvidence` made. */
  readonly lakeFolder: string;
  readonly clickHouse: ClickHouseLake;
  /** Publish though the database holds another lake, which is then gone; default false. */
  readonly replace?: boolean;
  readonly onProgress?: (progress: PublishProgress) => void;
}

export interface PublishProgress {
  readonly parts: number;
  readonly partsTotal: number;
}

/** What a publication did. */
export interface Publication {
  /** The number of the publication in force; the one before when there was nothing new. */
  readonly publication: number;
  readonly partsSent: number;
  /** Parts that lay there already. */
  readonly partsKnown: number;
  readonly events: number;
  /** False when other parts' rows are left over, because the table's engine removes none. */
  readonly swept: boolean;
}

/**
 * Brings a lake's events into a ClickHouse database, which then answers as the lake does. Rows carry the name of their part,
 * and a part counts only when the newest manifest names it; the manifest comes last, after all rows have been counted. So
 * a publication that is killed changes no answer, and the next one sends what is missing. Throws LakeError
 * (ERR_LAKE_NO_EVIDENCE and ERR_LAKE_FILE for the lake, ERR_LAKE_BUSY when an import or another publication is running,
 * ERR_LAKE_REMOTE, ERR_LAKE_INPUT when the database holds another lake).
 */
export async function publishLake(request: PublishRequest): Promise<Publication> {
  const { lakeFolder, clickHouse } = request;
  // An import could join parts away while they are sent. The folder must be there: the lock would make a file in it.
  if ((await readManifest(lakeFolder)) === null) throw noLake(lakeFolder);
  const lock = await takeImportLock(lakeFolder);
  try {
    const manifest = await readWholeManifest(lakeFolder);
    const connection = ClickHouseConnection.open(clickHouse.target, clickHouse.password);
    try {
      await makeTables(connection, clickHouse.target.database);
      return await publish(request, manifest, connection);
    } finally {
      await connection.close();
    }
  } finally {
    lock.release();
  }
}

function noLake(lakeFolder: string): LakeError {
  return new LakeError("ERR_LAKE_NO_EVIDENCE", `\`${lakeFolder}\` holds no lake of evidence`, {
    hint: "make one with `cordon evidence import`",
  });
}

async function readWholeManifest(lakeFolder: string): Promise<LakeManifest> {
  const manifest = await readManifest(lakeFolder);
  if (manifest === null) throw noLake(lakeFolder);
  const whole = manifest.sources.every(
    ({ files, linesDigest }) => linesDigest !== null && files.every(({ complete }) => complete),
  );
  if (whole) return manifest;
  throw new LakeError(
    "ERR_LAKE_NO_EVIDENCE",
    `the last import into \`${lakeFolder}\` was not finished, expected a lake whose import has ended`,
    { hint: "run `cordon evidence import` again: it goes on where it stopped" },
  );
}

/** Tables that are there are left as they are: whoever runs a cluster makes them beforehand. */
async function makeTables(connection: ClickHouseConnection, database: string): Promise<void> {
  const [found] = await connection.rows(
    `SELECT count() AS tables FROM system.tables
     WHERE database = ${clickHouseText(database)} AND name IN ('${eventsTable}', '${lakeTable}')`,
  );
  if (Number(found?.["tables"]) === 2) return;
  for (const sql of createTablesSql()) await connection.command(sql);
}

async function publish(
  { lakeFolder, clickHouse, replace = false, onProgress = () => undefined }: PublishRequest,
  manifest: LakeManifest,
  connection: ClickHouseConnection,
): Promise<Publication> {
  const { name: lake } = clickHouse.target;
  const before = await readPublished(connection, lake);
  if (before !== null && !replace) requireSameLake(before.manifest, manifest, lake);
  const held = await countParts(connection);
  const partNames = new Map<string, string>();
  const sent = new Set<string>();
  const partsTotal = allParts(manifest).length;
  for (const source of manifest.sources) {
    for (const part of source.parts) {
      const file = path.join(lakeFolder, part.file);
      const { name, known } = nameInServer(held, await sha256OfFile(file), part.events);
      if (!known) {
        await connection.insertFile(insertPartSql({ source: source.name, day: part.day, name }), file);
        sent.add(name);
      }
      partNames.set(part.file, name);
      onProgress({ parts: partNames.size, partsTotal });
    }
  }
  const published: PublishedLake = { publication: (before?.publication ?? 0) + 1, manifest, partNames };
  await sendTexts(connection, lakeFolder, published);
  requireParts(published, await countParts(connection), lake);
  const isNew = before === null || publishedJson(before) !== publishedJson(published);
  if (isNew) await putInForce(connection, published, { lake, before: before?.publication ?? 0 });
  const inForce = isNew ? published : before;
  return {
    publication: inForce.publication,
    partsSent: sent.size,
    partsKnown: partsTotal - sent.size,
    events: allParts(manifest).reduce((sum, part) => sum + part.events, 0),
    swept: await sweep(connection, inForce, { isNew, database: clickHouse.target.database }),
  };
}

/**
 * A part is named by its content and by the attempt to send it. Where a killed attempt left some of its rows, the next one
 * takes a new name: nothing needs to be removed before, which a table over several servers could not do.
 */
function nameInServer(
  held: ReadonlyMap<string, number>,
  sha256: string,
  events: number,
): { readonly name: string; readonly known: boolean } {
  for (let attempt = 1; ; attempt += 1) {
    const name = `${sha256}.${attempt}`;
    const count = held.get(name);
    if (count === undefined) return { name, known: false };
    if (count === events) return { name, known: true };
  }
}

/** A lake only grows. What lacks a source or a file of the one that is published is another one. */
function requireSameLake(published: LakeManifest, manifest: LakeManifest, lake: string): void {
  const same = published.sources.every((source) => {
    const now = manifest.sources.find(({ name }) => name === source.name);
    const files = new Map(now?.files.map((file) => [file.number, file]));
    return (
      now?.reading === source.reading &&
      source.files.every((before) => {
        const file = files.get(before.number);
        if (file === undefined || file.contentBytes < before.contentBytes) return false;
        return file.contentBytes > before.contentBytes || file.contentSha256 === before.contentSha256;
      })
    );
  });
  if (same && published.generation <= manifest.generation) return;
  throw new LakeError(
    "ERR_LAKE_INPUT",
    `\`${lake}\` holds another lake or a newer state of this one, expected an empty database or an older state of this lake`,
    { hint: "give every lake a database of its own, or replace what is there with --replace" },
  );
}

const textsAtOnce = 200;

/** The summaries of parts and the digest files, those that are not there yet. */
async function sendTexts(
  connection: ClickHouseConnection,
  lakeFolder: string,
  { publication, manifest, partNames }: PublishedLake,
): Promise<void> {
  const there = await connection.rows(
    `SELECT DISTINCT kind, name FROM ${lakeTable} WHERE kind != '${manifestKind}'`,
  );
  const known = new Set(there.map((row) => `${String(row["kind"])} ${String(row["name"])}`));
  let rows: ClickHouseRow[] = [];
  const send = async (kind: string, name: string, read: () => Promise<string>): Promise<void> => {
    if (known.has(`${kind} ${name}`)) return;
    known.add(`${kind} ${name}`);
    rows.push({ publication, kind, name, body: await read() });
    if (rows.length < textsAtOnce) return;
    await connection.insertRows(lakeTable, rows);
    rows = [];
  };
  for (const [file, name] of partNames) {
    const summary = path.join(lakeFolder, file.replace(/\.parquet$/, ".json"));
    await send(summaryKind, name, () => readFile(summary, "utf8"));
  }
  for (const { file, sha256 } of manifest.sources.flatMap(({ digestFiles }) => digestFiles))
    await send(digestFileKind, sha256, () => readFile(path.join(lakeFolder, file), "base64"));
  if (rows.length > 0) await connection.insertRows(lakeTable, rows);
}

async function putInForce(
  connection: ClickHouseConnection,
  published: PublishedLake,
  { lake, before }: { readonly lake: string; readonly before: number },
): Promise<void> {
  const busy = new LakeError("ERR_LAKE_BUSY", `\`${lake}\`: another publication came into force meanwhile`, {
    hint: "run it again",
  });
  if ((await newestPublication(connection)) !== before) throw busy;
  const { publication } = published;
  const body = publishedJson(published);
  await connection.insertRows(lakeTable, [{ publication, kind: manifestKind, name: "", body }]);
  const newest = await readPublished(connection, lake);
  if (newest === null || publishedJson(newest) !== body) throw busy;
}

/**
 * Removes what the manifest in force does not name. A question that was asked before finds at its end that another publication
 * is in force, and is not answered.
 */
async function sweep(
  connection: ClickHouseConnection,
  { publication, partNames, manifest }: PublishedLake,
  { isNew, database }: { readonly isNew: boolean; readonly database: string },
): Promise<boolean> {
  const names = [...partNames.values()];
  const named = new Set(names);
  const left = [...(await countParts(connection)).keys()].filter((name) => !named.has(name));
  if (left.length === 0 && !isNew) return true;
  const engines = await connection.rows(
    `SELECT engine FROM system.tables
     WHERE database = ${clickHouseText(database)} AND name IN ('${eventsTable}', '${lakeTable}')`,
  );
  if (engines.some((row) => !String(row["engine"]).endsWith("MergeTree"))) return left.length === 0;
  const settings = { lightweight_deletes_sync: "2" };
  if (left.length > 0)
    await connection.command(`DELETE FROM ${eventsTable} WHERE ${isAmong("part", left)}`, settings);
  const digests = manifest.sources.flatMap(({ digestFiles }) => digestFiles.map(({ sha256 }) => sha256));
  await connection.command(
    `DELETE FROM ${lakeTable} WHERE (kind = '${manifestKind}' AND publication < ${publication})
       OR (kind = '${summaryKind}' AND NOT ${isAmong("name", names)})
       OR (kind = '${digestFileKind}' AND NOT ${isAmong("name", digests)})`,
    settings,
  );
  return true;
}
