import { hash } from "node:crypto";
import { isUtf8 } from "node:buffer";

import { blobValue, type DuckDBConnection } from "@duckdb/node-api";
import {
  assembleRecords,
  compileEngineReading,
  compileNormaliser,
  eventColumns,
  parseLogJson,
  type AssembledRecord,
  type EngineReading,
  type Format,
  type LogEvent,
  type Normaliser,
  type RecordAssembler,
  type Source,
  type Unreadable,
} from "@cordon/evidence";
import type { RejectedLine } from "@cordon/scope";

import type { Engine } from "../directory/engine.ts";
import { sqlPath } from "../directory/engine.ts";
import { BlockWorker, insertSql, wholeLineHash } from "./block-worker.ts";
import { batchColumns, createTable, lineColumns } from "./event-table.ts";
import { eventRow } from "./event-row.ts";
import { cutBlocks, type LineBlock, type OverlongLine } from "./line-blocks.ts";
import { parquetShape } from "./parquet-shape.ts";
import { TableWriter } from "./table-writer.ts";

const mebibyte = 1024 * 1024;

/** Longer lines are unreadable. A CloudTrail or OCSF document may be one line. */
const lineBytesMax: Readonly<Record<Format, number>> = {
  jsonl: 16 * mebibyte,
  csv: 16 * mebibyte,
  cloudtrail: 128 * mebibyte,
  ocsf: 128 * mebibyte,
  pgaudit: 16 * mebibyte,
};
/** How many unreadable lines of a file are named. */
export const rejectedLinesMax = 100;
/** Blocks that the engine reads at the same time. */
const blocksAtOnce = 2;
/** Rows of a Parquet file that are read at a time. */
const parquetRows = 50_000;

/** What was read of one file. */
export interface FileIntake {
  readonly number: number;
  /** Position of the source in the map. */
  readonly source: number;
  /** Relative to the evidence folder. */
  readonly name: string;
  lines: number;
  readable: number;
  rejected: number;
  /** The first of the unreadable lines, in order. */
  rejectedLines: RejectedLine[];
}

/** A file of text. Of the first `skipLines` lines, which were read before, only what they begin is carried on. */
interface TextFile {
  readonly file: FileIntake;
  readonly source: Source;
  readonly skipLines?: number;
  readonly onContent: (bytes: Buffer) => void;
}

interface IntakeOptions {
  readonly engine: Engine;
  /** Records of smaller blocks are read row by row, which is faster for them. */
  readonly engineBytesMin: number;
  /** A block ends after so many bytes: enough work for the engine, and few blocks at once in memory. */
  readonly blockBytes: number;
  readonly onLines: (file: FileIntake) => void;
}

/**
 * Reads evidence into the engine's tables `batch` (an event a row) and `lines` (the hashes of lines that are no row of the
 * batch). Jsonl, and documents a line, are read by the engine in bulk; what it cannot surely read, and every other format,
 * is read row by row.
 */
export class EvidenceIntake {
  readonly #options: IntakeOptions;
  readonly #connection: DuckDBConnection;
  readonly #writing: DuckDBConnection;
  readonly #workers: BlockWorker[];
  readonly #events: TableWriter;
  readonly #lines: TableWriter;
  readonly #files = new Map<number, FileIntake>();
  readonly #normalisers = new Map<number, Normaliser>();
  #underWay = new Set<Promise<void>>();
  #unread = false;
  #rows = 0;

  private constructor(
    options: IntakeOptions,
    connections: {
      readonly connection: DuckDBConnection;
      readonly writing: DuckDBConnection;
      readonly workers: BlockWorker[];
    },
    writers: { readonly events: TableWriter; readonly lines: TableWriter },
  ) {
    this.#options = options;
    this.#connection = connections.connection;
    this.#writing = connections.writing;
    this.#workers = connections.workers;
    this.#events = writers.events;
    this.#lines = writers.lines;
  }

  static async open(options: IntakeOptions): Promise<EvidenceIntake> {
    const { engine } = options;
    const connection = await engine.connect();
    const writing = await engine.connect();
    await createTable(connection, "batch", batchColumns);
    await createTable(connection, "lines", lineColumns);
    const workers: BlockWorker[] = [];
    for (let index = 0; index < blocksAtOnce; index += 1)
      workers.push(new BlockWorker(await engine.connect()));
    const events = await TableWriter.open(writing, "batch", batchColumns);
    const lines = await TableWriter.open(writing, "lines", lineColumns);
    return new EvidenceIntake(options, { connection, writing, workers }, { events, lines });
  }

  get connection(): DuckDBConnection {
    return this.#connection;
  }

  /** Rows of the batch so far. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Reads one file's text. Between blocks `onBlock` is waited for: the batch may be settled and emptied there; what was
   * read so far stands by itself when it is at a record's end.
   */
  async readText(
    { file, source, skipLines = 0, onContent }: TextFile,
    chunks: AsyncIterable<Buffer>,
    onBlock: (atRecordEnd: boolean) => Promise<void>,
  ): Promise<void> {
    this.#files.set(file.number, file);
    const reading = new TextReading(file, source, this.#normaliser(file.source, source), skipLines);
    const limits = { blockBytes: this.#options.blockBytes, lineBytesMax: lineBytesMax[source.format] };
    for await (const block of cutBlocks(chunks, limits, {
      firstLine: skipLines > 0 ? 1 : file.lines + 1,
      onContent,
    })) {
      file.lines = "bytes" in block ? block.firstLine + block.lines - 1 : block.line;
      await this.#take(reading, block);
      this.#options.onLines(file);
      await onBlock(reading.atRecordEnd);
    }
    this.#takeRecords(reading, reading.assembler.end());
  }

  /** Reads a Parquet file of OCSF events; a row is a line, its text the row as JSON. */
  async readParquet(
    { file, source }: { readonly file: FileIntake; readonly source: Source },
    path: string,
    onBlock: (atRecordEnd: boolean) => Promise<void>,
  ): Promise<void> {
    this.#files.set(file.number, file);
    const { rows, record } = await parquetShape(this.#connection, path);
    const engineReading = compileEngineReading(source);
    const reading = new TextReading(file, source, this.#normaliser(file.source, source), 0);
    for (let start = 0; start < rows; start += parquetRows) {
      const records = `SELECT file_row_number + 1 AS line, ${record} AS record
        FROM read_parquet(${sqlPath(path)}, file_row_number = true, hive_partitioning = false)
        WHERE file_row_number >= ${start} AND file_row_number < ${start + parquetRows}`;
      if (engineReading === null) await this.#readRows(reading, records);
      else await this.#insert(reading, engineReading.select(records, [wholeLineHash]));
      file.lines = Math.min(rows, start + parquetRows);
      this.#options.onLines(file);
      await onBlock(false);
    }
  }

  /** Takes lines that hold no records. */
  addLines(source: number, bytes: Buffer): void {
    for (let start = 0; start < bytes.length;) {
      const feed = bytes.indexOf(0x0a, start);
      const end = feed === -1 ? bytes.length : feed;
      const line = bytes.subarray(start, end > start && bytes[end - 1] === 0x0d ? end - 1 : end);
      if (!isBlank(line)) this.#lines.add(source, blobValue(hash("sha256", line, "buffer")));
      start = end + 1;
    }
  }

  /** Ends what is under way: afterwards every row of the batch is an event, and the files' counts are exact. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
    for (const worker of this.#workers) await worker.commit();
    this.#flush();
    if (!this.#unread) return;
    this.#unread = false;
    const result = await this.#connection.stream(
      "SELECT file, line, unread FROM batch WHERE unread IS NOT NULL ORDER BY file, line",
    );
    const rejectedOf = new Map<FileIntake, RejectedLine[]>();
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      for (const [number, line, unread] of chunk.getRows()) {
        const file = this.#files.get(Number(number));
        const normaliser = file === undefined ? undefined : this.#normalisers.get(file.source);
        if (file === undefined || normaliser === undefined) throw new RangeError("a row is of no file");
        file.readable -= 1;
        this.#rows -= 1;
        const event = readRecord(normaliser, String(unread));
        if ("unreadable" in event) {
          file.rejected += 1;
          const rejected = rejectedOf.get(file) ?? [];
          if (rejected.length < rejectedLinesMax)
            rejected.push({ file: file.name, line: Number(line), reason: event.unreadable });
          rejectedOf.set(file, rejected);
        } else this.#addEvent(file, Number(line), event);
      }
    }
    for (const [file, rejected] of rejectedOf) addRejected(file, rejected);
    await this.#connection.run(
      "INSERT INTO lines SELECT source, hash FROM batch WHERE unread IS NOT NULL AND hash IS NOT NULL",
    );
    await this.#connection.run("DELETE FROM batch WHERE unread IS NOT NULL");
    this.#flush();
  }

  /** True when there are lines that are no row of the batch. */
  async hasLines(): Promise<boolean> {
    this.#flush();
    const result = await this.#connection.runAndReadAll("SELECT count(*) FROM lines");
    return Number(result.getRows()[0]?.[0] ?? 0) > 0;
  }

  /** After the batch and its lines have been put elsewhere. */
  async empty(): Promise<void> {
    await this.#connection.run("DELETE FROM batch");
    await this.#connection.run("DELETE FROM lines");
    this.#rows = 0;
  }

  close(): void {
    this.#events.close();
    this.#lines.close();
    for (const connection of [this.#connection, this.#writing]) connection.closeSync();
    for (const worker of this.#workers) worker.close();
  }

  #flush(): void {
    this.#events.flush();
    this.#lines.flush();
  }

  #normaliser(index: number, source: Source): Normaliser {
    const known = this.#normalisers.get(index);
    if (known !== undefined) return known;
    const made = compileNormaliser(source);
    this.#normalisers.set(index, made);
    return made;
  }

  async #take(reading: TextReading, block: LineBlock | OverlongLine): Promise<void> {
    const { file, source } = reading;
    if (!("bytes" in block)) {
      if (block.line > reading.skipLines) this.#addLine(file, block.sha256);
      this.#takeRecords(
        reading,
        reading.assembler.miss(
          block.line,
          `the line is longer than ${lineBytesMax[source.format] / mebibyte} MiB`,
        ),
      );
      return;
    }
    const inBulk =
      reading.engineReading !== null &&
      reading.atRecordEnd &&
      block.bytes.length >= this.#options.engineBytesMin &&
      block.bytes.length <= lineBytesMax[source.format] &&
      isUtf8(block.bytes) &&
      block.lines > 0;
    if (inBulk) await this.#readBlock(reading, reading.engineReading, block);
    else this.#takeBlock(reading, block);
  }

  async #readBlock(reading: TextReading, engineReading: EngineReading, block: LineBlock): Promise<void> {
    while (this.#workers.length === 0) await Promise.race(this.#underWay);
    const worker = this.#workers.pop();
    // INVARIANT: a worker is free, for the loop above waited until one was.
    if (worker === undefined) throw new RangeError("no worker is free");
    const { file } = reading;
    const work = worker.read({ file, engineReading, block }).then(({ inserted, unread }) => {
      file.readable += inserted;
      this.#rows += inserted;
      if (unread) this.#unread = true;
    });
    const done = work.finally(() => {
      this.#workers.push(worker);
      this.#underWay.delete(done);
    });
    this.#underWay.add(done);
    // A failure is thrown where the work is waited for; until then it must not count as unhandled.
    done.catch(() => undefined);
    if (this.#workers.length === 0) await Promise.race(this.#underWay);
  }

  async #insert(reading: TextReading, select: string): Promise<void> {
    const { file } = reading;
    const result = await this.#connection.run(insertSql(file.source, file.number, select));
    file.readable += result.rowsChanged;
    this.#rows += result.rowsChanged;
    this.#unread = true;
  }

  /** As the engine would, for records that it gives but may not read. */
  async #readRows(reading: TextReading, records: string): Promise<void> {
    const result = await this.#connection.stream(records);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      for (const [line, record] of chunk.getRows()) {
        const text = String(record);
        this.#addLine(reading.file, hash("sha256", text, "buffer"));
        this.#takeEvent(reading.file, Number(line), readRecord(reading.normaliser, text));
      }
    }
  }

  #takeBlock(reading: TextReading, block: LineBlock): void {
    let start = 0;
    for (let line = block.firstLine; line < block.firstLine + block.lines; line += 1) {
      const feed = block.bytes.indexOf(0x0a, start);
      const end = feed === -1 ? block.bytes.length : feed;
      const hasReturn = end > start && block.bytes[end - 1] === 0x0d;
      const bytes = block.bytes.subarray(start, hasReturn ? end - 1 : end);
      start = end + 1;
      if (line > reading.skipLines && !isBlank(bytes))
        this.#addLine(reading.file, hash("sha256", bytes, "buffer"));
      const miss = missOf(bytes, reading.source.format);
      if (miss !== null) {
        this.#takeRecords(reading, reading.assembler.miss(line, miss));
        continue;
      }
      const ending = feed === -1 ? "" : hasReturn ? "\r\n" : "\n";
      // A return at the end of the last line ends it too: nothing else would.
      this.#takeRecords(
        reading,
        reading.assembler.take({
          line,
          text: bytes.toString("utf8"),
          ending: ending === "" && hasReturn ? "\r\n" : ending,
        }),
      );
    }
  }

  #takeRecords(reading: TextReading, records: readonly AssembledRecord[]): void {
    for (const record of records) {
      if (record.line <= reading.skipLines) continue;
      this.#takeEvent(
        reading.file,
        record.line,
        "unreadable" in record ? record : normalise(reading.normaliser, record.record),
      );
    }
  }

  #takeEvent(file: FileIntake, line: number, event: LogEvent | Unreadable): void {
    if (!("unreadable" in event)) {
      this.#addEvent(file, line, event);
      return;
    }
    file.rejected += 1;
    addRejected(file, [{ file: file.name, line, reason: event.unreadable }]);
  }

  #addEvent(file: FileIntake, line: number, event: LogEvent): void {
    const row = eventRow(event);
    this.#events.add(
      file.source,
      file.number,
      BigInt(line),
      ...eventColumns.map((name) => row[name]),
      null,
      null,
    );
    file.readable += 1;
    this.#rows += 1;
  }

  #addLine(file: FileIntake, sha256: Buffer): void {
    this.#lines.add(file.source, blobValue(sha256));
  }
}

/** How one file's text is read. */
class TextReading {
  readonly file: FileIntake;
  readonly source: Source;
  readonly normaliser: Normaliser;
  readonly assembler: RecordAssembler;
  /** Null: nothing of the file is read in bulk. */
  readonly engineReading: EngineReading | null;

  readonly skipLines: number;

  constructor(file: FileIntake, source: Source, normaliser: Normaliser, skipLines: number) {
    this.file = file;
    this.skipLines = skipLines;
    this.source = source;
    this.normaliser = normaliser;
    this.assembler = assembleRecords(source);
    this.engineReading = source.format === "jsonl" ? compileEngineReading(source) : null;
  }

  /** True when the next line begins a record whatever stood before it. */
  get atRecordEnd(): boolean {
    return this.source.format === "jsonl";
  }
}

/** Why a line's text cannot be had; null when it can. */
function missOf(bytes: Buffer, format: Format): string | null {
  if (bytes.length > lineBytesMax[format])
    return `the line is longer than ${lineBytesMax[format] / mebibyte} MiB`;
  return isUtf8(bytes) ? null : "the line is no UTF-8";
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}

function addRejected(file: FileIntake, rejected: readonly RejectedLine[]): void {
  if (file.rejectedLines.length >= rejectedLinesMax) {
    const last = file.rejectedLines.at(-1);
    if (last !== undefined && rejected.every(({ line }) => line >= last.line)) return;
  }
  file.rejectedLines = [...file.rejectedLines, ...rejected]
    .sort((a, b) => a.line - b.line)
    .slice(0, rejectedLinesMax);
}

function readRecord(normaliser: Normaliser, text: string): LogEvent | Unreadable {
  try {
    return normalise(normaliser, parseLogJson(text));
  } catch (error) {
    if (error instanceof SyntaxError) return { unreadable: "the line is no JSON" };
    if (error instanceof RangeError) return { unreadable: "the line is nested too deeply" };
    throw error;
  }
}

function normalise(
  normaliser: Normaliser,
  record: Parameters<Normaliser["normalise"]>[0],
): LogEvent | Unreadable {
  try {
    return normaliser.normalise(record);
  } catch (error) {
    if (error instanceof RangeError) return { unreadable: "the line is nested too deeply" };
    throw error;
  }
}
