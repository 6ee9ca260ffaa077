import type { DuckDBConnection } from "@duckdb/node-api";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { appStores, platforms } from "@cordon/model";
import { rows, sqlPath } from "../engine.ts";
import type { CountingHead, InstallationClass } from "./counting-columns.ts";
import { NumberFile } from "./number-file.ts";

/** With more versions or markets than this no columns are written: cohorts are then counted from the Parquet files. */
const versionsMax = 200_000;
const marketsMax = 0xffff;

interface ColumnsSource {
  /** The folder of the version that is being written; its Parquet files are whole and ordered by ordinal. */
  readonly folder: string;
  readonly accounts: number;
}

/** Writes `columns/` from the Parquet files beside it, in memory that grows with the number of versions only. */
export async function writeColumns(
  connection: DuckDBConnection,
  { folder, accounts }: ColumnsSource,
): Promise<void> {
  const into = join(folder, "columns");
  const accountRows = `read_parquet(${sqlPath(join(folder, "accounts.parquet"))})`;
  const installationRows = `read_parquet(${sqlPath(join(folder, "installations.parquet"))})`;
  const markets = await numbering(connection, accountRows, "market");
  const versions = await numbering(connection, installationRows, "version");
  if (versions.texts.length > versionsMax || markets.texts.length > marketsMax) return;
  await mkdir(into);
  await writeAccounts(connection, into, accountRows, markets.code);
  const entries = await writeEntries(connection, into, installationRows, { versions, accounts });
  const head: CountingHead = { format: 1, accounts, ...entries, markets: markets.texts };
  await writeFile(join(into, "head.json"), JSON.stringify(head), { flush: true });
}

/** A column's texts numbered from 0, null last, and SQL for the number of a row's. */
interface Numbering {
  readonly texts: readonly (string | null)[];
  readonly code: string;
}

async function numbering(connection: DuckDBConnection, relation: string, column: string): Promise<Numbering> {
  const distinct = `SELECT DISTINCT ${column} FROM ${relation} WHERE ${column} IS NOT NULL`;
  const found = await rows(connection, `${distinct} ORDER BY ${column} LIMIT ${versionsMax + 1}`);
  const texts = found.map((row) => String(row[column]));
  if (texts.length === 0 || texts.length > versionsMax) return { texts: [...texts, null], code: "0" };
  await connection.run(`CREATE TYPE numbered_${column} AS ENUM (${distinct} ORDER BY ${column})`);
  const code = `coalesce(CAST(enum_code(CAST(${column} AS numbered_${column})) AS UINTEGER), ${texts.length})`;
  return { texts: [...texts, null], code };
}

/** Whole seconds since the epoch, floored; 0: unknown. Times that 32 bits do not hold are the nearest that they do. */
function seconds(column: string): string {
  // `least` and `greatest` pass over NULL.
  const held = `greatest(1, least(4294967295, floor(epoch_us(${column}) / 1000000)))`;
  return `CASE WHEN ${column} IS NULL THEN 0::UINTEGER ELSE CAST(${held} AS UINTEGER) END`;
}

async function writeAccounts(
  connection: DuckDBConnection,
  folder: string,
  relation: string,
  market: string,
): Promise<void> {
  const files = [
    await NumberFile.make(join(folder, "market"), 2),
    await NumberFile.make(join(folder, "created"), 4),
    await NumberFile.make(join(folder, "password"), 4),
  ];
  try {
    const result = await connection.stream(
      `SELECT CAST(${market} AS UINTEGER), ${seconds("created_at")}, ${seconds("password_set_at")} FROM ${relation}`,
    );
    for await (const chunk of result) {
      for (const [at, file] of files.entries()) {
        // Typed here once: all columns of the query are UINTEGER and never null.
        for (const number of chunk.getColumnValues(at) as number[]) file.push(number);
        if (file.isFull) await file.flush();
      }
    }
  } finally {
    for (const file of files) await file.end();
  }
}

/** The classes that occur, numbered as they come, and an entry for each installation and for each account that has none. */
async function writeEntries(
  connection: DuckDBConnection,
  folder: string,
  relation: string,
  { versions, accounts }: { readonly versions: Numbering; readonly accounts: number },
): Promise<Pick<CountingHead, "entries" | "entryBytes" | "classes">> {
  const combinations = platforms.length * appStores.length * 2;
  const place = (column: string, values: readonly string[]): string =>
    `CASE ${column} ${values.map((value, at) => `WHEN '${value}' THEN ${at}`).join(" ")} END`;
  const combination = `(${place("platform", platforms)} * ${appStores.length} + ${place("store", appStores)}) * 2
    + CAST(has_offline AS INTEGER)`;
  const raw = `CAST((${versions.code}) * ${combinations} + ${combination} AS UINTEGER)`;
  const found = await rows(connection, `SELECT DISTINCT ${raw} AS raw FROM ${relation} ORDER BY raw`);
  const classes: InstallationClass[] = [];
  const classOf = new Uint32Array(versions.texts.length * combinations);
  for (const row of found) {
    const code = Number(row["raw"]);
    classOf[code] = classes.length;
    const rest = code % combinations;
    classes.push({
      platform: platforms[Math.floor(rest / 2 / appStores.length)] ?? "",
      store: appStores[Math.floor(rest / 2) % appStores.length] ?? "",
      version: versions.texts[Math.floor(code / combinations)] ?? null,
      hasOffline: rest % 2 === 1,
    });
  }
  const entryBytes = classes.length < 0x7fff ? 2 : 4;
  const last = entryBytes === 2 ? 0x8000 : 0x8000_0000;
  const none = last * 2 - 1;
  const entryFile = await NumberFile.make(join(folder, "installations"), entryBytes);
  const seenFile = await NumberFile.make(join(folder, "seen"), 4);
  let entries = 0;
  try {
    const result = await connection.stream(
      `SELECT ordinal, ${raw}, ${seconds("last_seen")} FROM ${relation}`,
    );
    // An entry is written when the next one tells whether it is its account's last.
    let held = { ordinal: -1, entry: 0, seen: 0 };
    const put = (entry: number, lastSeen: number): void => {
      entries += 1;
      entryFile.push(entry);
      seenFile.push(lastSeen);
    };
    const flush = async (): Promise<void> => {
      if (entryFile.isFull) await Promise.all([entryFile.flush(), seenFile.flush()]);
    };
    const withoutInstallations = async (accountsBetween: number): Promise<void> => {
      for (let count = 0; count < accountsBetween; count++) {
        put(none, 0);
        if (entryFile.isFull) await flush();
      }
    };
    for await (const chunk of result) {
      const [ordinals, raws, seen] = [0, 1, 2].map((column) => chunk.getColumnValues(column) as number[]);
      for (let row = 0; row < chunk.rowCount; row++) {
        const ordinal = ordinals?.[row] ?? -1;
        if (ordinal < held.ordinal) throw new TypeError("installations at rest that are not ordered");
        if (held.ordinal >= 0) put(held.entry + (ordinal > held.ordinal ? last : 0), held.seen);
        if (ordinal > held.ordinal + 1) await withoutInstallations(ordinal - held.ordinal - 1);
        held = { ordinal, entry: classOf[raws?.[row] ?? 0] ?? 0, seen: seen?.[row] ?? 0 };
      }
      await flush();
    }
    if (held.ordinal >= 0) put(held.entry + last, held.seen);
    await withoutInstallations(accounts - held.ordinal - 1);
  } finally {
    await entryFile.end();
    await seenFile.end();
  }
  return { entries, entryBytes, classes };
}
