import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import type { DuckDBConnection } from "@duckdb/node-api";
import type { Source } from "@cordon/evidence";

import { freeBytesOf } from "../directory/disk-space.ts";
import { rows, sqlPath, sqlText } from "../directory/engine.ts";
import { LakeError } from "../errors.ts";
import { asBigInt, summarise, type ChainSummary, type EventSummary } from "./event-summary.ts";
import { daySql, restColumns } from "./event-table.ts";
import type { Batch } from "./batch.ts";
import { AccountNumbers } from "./account-numbers.ts";
import { syncFile, syncFolder, type AccountSegment, type LakePart } from "./lake-manifest.ts";
import { writeTally } from "./part-tally.ts";
import { dropDuplicates, identityColumns } from "./drop-duplicates.ts";

const mebibyte = 1024 * 1024;
/** What must stay free on the disk, and what a batch may take on its way, for each of its rows. */
const freeBytesMin = 64 * mebibyte;
const rowBytes = 120;
/** Small groups let a question about one actor leave most of a part unread. */
const groupRows = 32_768;

const restNames = restColumns.map(({ name }) => name).join(", ");

/** What a flush put into the lake, not yet in its manifest. */
interface Written {
  readonly source: number;
  readonly parts: readonly LakePart[];
  readonly lines: string | null;
}

/** Puts batches of events into a lake's folder: Parquet by source and day, in order of actor and time. */
export class LakeWriter {
  readonly #folder: string;
  readonly #sources: readonly Source[];
  readonly #durable: boolean;
  readonly #numbers: AccountNumbers;
  readonly #talliedEventsMin: number;
  #nextPart: number;

  /** `durable` false: for a lake that does not outlive the process, whose parts get no tallies. */
  constructor(options: {
    readonly folder: string;
    readonly sources: readonly Source[];
    readonly nextPart: number;
    readonly accounts: readonly AccountSegment[];
    /** Parts of fewer events get no tally. */
    readonly talliedEventsMin: number;
    readonly durable: boolean;
  }) {
    this.#folder = options.folder;
    this.#sources = options.sources;
    this.#nextPart = options.nextPart;
    this.#durable = options.durable;
    this.#talliedEventsMin = options.durable ? options.talliedEventsMin : Infinity;
    this.#numbers = new AccountNumbers({
      folder: options.folder,
      segments: options.accounts,
      durable: options.durable,
    });
  }

  get accounts(): readonly AccountSegment[] {
    return this.#numbers.segments;
  }

  get nextPart(): number {
    return this.#nextPart;
  }

  /** Puts a batch into new parts; `known` are the source's parts so far. */
  async write(
    connection: DuckDBConnection,
    batch: Batch,
    known: (source: number) => readonly LakePart[],
  ): Promise<readonly Written[]> {
    const { table } = batch;
    await this.#requireRoom(batch.rows);
    await dropDuplicates(connection, table);
    const written: Written[] = [];
    for (const [index, source] of this.#sources.entries()) {
      const parts: LakePart[] = [];
      for (const group of await daysOf(connection, table, index)) {
        if (source.fields.has("id"))
          await this.#dropKnown(connection, { table, index, group, known: known(index) });
        const part = await this.#writePart(connection, source, {
          day: group.day,
          relation: `(SELECT * FROM ${table} AS batch WHERE ${isOf(index, group)})`,
        });
        if (part !== null) parts.push(part);
      }
      const lines = await this.#writeLines(source, batch.groupedHashes(index));
      if (parts.length > 0 || lines !== null) written.push({ source: index, parts, lines });
    }
    return written;
  }

  /** One part in place of several of a day; null when they hold nothing. */
  async join(
    connection: DuckDBConnection,
    source: Source,
    parts: readonly LakePart[],
  ): Promise<LakePart | null> {
    const [first] = parts;
    if (first === undefined) return null;
    await this.#requireRoom(parts.reduce((sum, part) => sum + part.events, 0));
    return this.#writePart(connection, source, {
      day: first.day,
      relation: `read_parquet([${parts.map((part) => sqlPath(path.join(this.#folder, part.file))).join(", ")}], hive_partitioning = false)`,
    });
  }

  /** Makes many files of account numbers one; false when there are few. */
  async joinAccounts(connection: DuckDBConnection): Promise<boolean> {
    return this.#numbers.join(connection, this.#takePartName());
  }

  /** Removes what a killed import left behind: every file that the manifest does not name. */
  async sweep(named: ReadonlySet<string>): Promise<void> {
    for (const folder of ["events", "lines", "tallies", "accounts"]) {
      for (const file of await filesUnder(path.join(this.#folder, folder))) {
        const name = path.relative(this.#folder, file).split(path.sep).join("/");
        if (!named.has(name) && !named.has(name.replace(/\.json$/, ".parquet"))) await rm(file);
      }
    }
  }

  async #writePart(
    connection: DuckDBConnection,
    source: Source,
    { day, relation }: { readonly day: number; readonly relation: string },
  ): Promise<LakePart | null> {
    const [bounds = {}] = await rows(
      connection,
      `SELECT count(*) AS events, min(time_us)::DOUBLE AS from_us, max(time_us)::DOUBLE AS to_us FROM ${relation}`,
    );
    const events = Number(asBigInt(bounds["events"]));
    if (events === 0) return null;
    const place = `source=${encodeURIComponent(source.name)}/day=${dayText(day)}`;
    const folderName = `events/${place}`;
    const folder = path.join(this.#folder, folderName);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = this.#takePartName();
    const file = path.join(folder, `${name}.parquet`);
    await connection.run(
      `COPY (SELECT file, line, ${restNames} FROM ${relation} ORDER BY actor, time_us)
       TO ${sqlText(file)} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${groupRows})`,
    );
    const tally =
      events < this.#talliedEventsMin
        ? null
        : await writeTally(connection, {
            relation,
            events,
            numbers: this.#numbers,
            folder: this.#folder,
            name: `tallies/${place}`,
            part: name,
            durable: this.#durable,
          });
    const summary = await summarise(connection, relation);
    const summaryFile = path.join(folder, `${name}.json`);
    await writeFile(summaryFile, JSON.stringify(summaryJson(summary)), { mode: 0o600 });
    if (this.#durable) {
      await syncFile(file);
      await syncFile(summaryFile);
      await syncFolder(folder);
    }
    return {
      file: `${folderName}/${name}.parquet`,
      day,
      events,
      fromUs: Number(bounds["from_us"]),
      toUs: Number(bounds["to_us"]),
      bytes: (await stat(file)).size,
      tally,
    };
  }

  #takePartName(): string {
    this.#nextPart += 1;
    return `part-${String(this.#nextPart - 1).padStart(6, "0")}`;
  }

  async #writeLines(source: Source, grouped: Buffer | null): Promise<string | null> {
    if (grouped === null) return null;
    const folderName = `lines/source=${encodeURIComponent(source.name)}`;
    await mkdir(path.join(this.#folder, folderName), { recursive: true, mode: 0o700 });
    const name = `${folderName}/${this.#takePartName()}.hashes`;
    const file = path.join(this.#folder, name);
    await writeFile(file, grouped, { mode: 0o600 });
    if (this.#durable) {
      await syncFile(file);
      await syncFolder(path.dirname(file));
    }
    return name;
  }

  /** Of lines that came in several batches the first one stays. Duplicates share their time, so few parts need a look. */
  async #dropKnown(
    connection: DuckDBConnection,
    {
      table,
      index,
      group,
      known,
    }: {
      readonly table: string;
      readonly index: number;
      readonly group: DayGroup;
      readonly known: readonly LakePart[];
    },
  ): Promise<void> {
    const near = known.filter(
      ({ day, fromUs, toUs }) => day === group.day && fromUs <= group.toUs && toUs >= group.fromUs,
    );
    if (near.length === 0) return;
    const files = near.map((part) => sqlPath(path.join(this.#folder, part.file))).join(", ");
    const same = identityColumns
      .map((name) => `held.${name} IS NOT DISTINCT FROM batch.${name}`)
      .join(" AND ");
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE known AS SELECT DISTINCT batch.rowid AS row FROM ${table} AS batch
       JOIN (SELECT * FROM read_parquet([${files}], hive_partitioning = false)
             WHERE time_us BETWEEN ${group.fromUs} AND ${group.toUs}) AS held
         ON held.time_us = batch.time_us AND held.id = batch.id AND ${same}
       WHERE ${isOf(index, group)}`,
    );
    await connection.run(`DELETE FROM ${table} WHERE rowid IN (SELECT row FROM known)`);
    await connection.run("DROP TABLE known");
  }

  async #requireRoom(events: number): Promise<void> {
    const free = await freeBytesOf(this.#folder);
    const needed = freeBytesMin + events * rowBytes;
    if (free >= needed) return;
    throw new LakeError(
      "ERR_LAKE_DISK_FULL",
      `no room in \`${this.#folder}\`: ${Math.floor(free / mebibyte)} MiB are free, expected ${Math.ceil(needed / mebibyte)} MiB`,
      { hint: "what was imported so far stays; make room and run the import again" },
    );
  }
}

interface DayGroup {
  readonly day: number;
  readonly fromUs: number;
  readonly toUs: number;
}

async function daysOf(
  connection: DuckDBConnection,
  table: string,
  source: number,
): Promise<readonly DayGroup[]> {
  const days = await rows(
    connection,
    `SELECT ${daySql} AS day, min(time_us)::DOUBLE AS from_us, max(time_us)::DOUBLE AS to_us
     FROM ${table} WHERE source = ${source} GROUP BY day ORDER BY day`,
  );
  return days.map((row) => ({
    day: Number(row["day"]),
    fromUs: Number(row["from_us"]),
    toUs: Number(row["to_us"]),
  }));
}

/** The rows of the batch that are a source's and of a day, whose events lie between its first and its last. */
function isOf(source: number, { fromUs, toUs }: DayGroup): string {
  return `batch.source = ${source} AND batch.time_us BETWEEN ${fromUs} AND ${toUs}`;
}

function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, -14);
}

async function filesUnder(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Sequence numbers as text: they may be beyond what a JSON number holds. */
function summaryJson({ alive, chains }: EventSummary): unknown {
  return {
    alive: alive.map(({ fromUs, toUs }) => [fromUs, toUs]),
    chains: chains.map(({ chain, runs, repeats }) => ({
      chain,
      runs: runs.map(({ first, last, firstAt, lastAt }) => [
        String(first),
        String(last),
        firstAt.fromUs,
        firstAt.toUs,
        lastAt.fromUs,
        lastAt.toUs,
      ]),
      repeats: repeats.map(({ fromUs, toUs }) => [fromUs, toUs]),
    })),
  };
}

interface SummaryJson {
  readonly alive: readonly (readonly [number, number])[];
  readonly chains: readonly {
    readonly chain: string | null;
    readonly runs: readonly (readonly [string, string, number, number, number, number])[];
    readonly repeats: readonly (readonly [number, number])[];
  }[];
}

/** Reads what `write` wrote beside a part. */
export function parseSummary(text: string): EventSummary {
  const { alive, chains } = JSON.parse(text) as SummaryJson;
  return {
    alive: alive.map(([fromUs, toUs]) => ({ fromUs, toUs })),
    chains: chains.map(({ chain, runs, repeats }): ChainSummary => ({
      chain,
      runs: runs.map(([first, last, firstFromUs, firstToUs, lastFromUs, lastToUs]) => ({
        first: BigInt(first),
        last: BigInt(last),
        firstAt: { fromUs: firstFromUs, toUs: firstToUs },
        lastAt: { fromUs: lastFromUs, toUs: lastToUs },
      })),
      repeats: repeats.map(([fromUs, toUs]) => ({ fromUs, toUs })),
    })),
  };
}
