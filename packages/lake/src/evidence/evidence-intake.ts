import { isUtf8 } from "node:buffer";

import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import {
  compileNormaliser,
  eventColumns,
  LineReader,
  parseLogJson,
  type AssembledRecord,
  type Format,
  type LogEvent,
  type Normaliser,
  type Source,
  type Unreadable,
} from "@cordon/evidence";
import type { RejectedLine } from "@cordon/scope";

import type { Engine } from "../directory/engine.ts";
import { sqlPath } from "../directory/engine.ts";
import { Batch } from "./batch.ts";
import { BlockWorker } from "./block-worker.ts";
import { EventBlock } from "./event-block.ts";
import { batchColumns, createTable } from "./event-table.ts";
import { eventRow } from "./event-row.ts";
import { cutBlocks, lineEnds, type LineBlock, type OverlongLine } from "./line-blocks.ts";
import { parquetShape } from "./parquet-shape.ts";
import type { SortHashes } from "./line-hashes.ts";
import { LineHashWorker } from "./line-hash-worker.ts";
import { TextReading } from "./text-reading.ts";
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
/** Blocks of events that go into the engine at the same time. */
const blocksAtOnce = 2;
/** Lines of a block of so many bytes are hashed in another thread. */
const threadBytesMin = mebibyte;
/** A block of events goes into the engine when it has so many. */
const blockRows = 65_536;
/** Events that a block does not hold are written when there are so many. */
const oddRowsMax = 10_000;
/** Or so many bytes of text. */
const blockBytesMax = 32 * mebibyte;
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
  /** Whether each chunk of the text is memory that nobody else reads any more. */
  readonly ownsChunks: boolean;
  readonly onContent: (bytes: Buffer) => void;
}

interface IntakeOptions {
  readonly engine: Engine;
  /** False reads every line row by row. */
  readonly inBulk: boolean;
  /** A block of text ends after so many bytes. */
  readonly blockBytes: number;
  readonly onLines: (file: FileIntake) => void;
}

/**
 * Reads evidence into a table of the engine, an event a row, and keeps the hashes of all lines. Jsonl is read in bulk where
 * that is sure; the rest, and every other format, row by row.
 */
export class EvidenceIntake {
  readonly #options: IntakeOptions;
  readonly #connection: DuckDBConnection;
  readonly #writing: DuckDBConnection;
  readonly #workers: BlockWorker[];
  /** For events whose texts a block does not hold; null before the first of them. */
  #odd: TableWriter | null = null;
  #oddRows: DuckDBValue[][] = [];
  readonly #normalisers = new Map<number, Normaliser>();
  readonly #readers = new Map<number, LineReader>();
  #block = new EventBlock();
  readonly #freeBlocks: EventBlock[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #hashWorker: LineHashWorker | null = null;
  #batchNumber = 1;
  #batch = new Batch(0);

  private constructor(
    options: IntakeOptions,
    connections: {
      readonly connection: DuckDBConnection;
      readonly writing: DuckDBConnection;
      readonly workers: BlockWorker[];
    },
  ) {
    this.#options = options;
    this.#connection = connections.connection;
    this.#writing = connections.writing;
    this.#workers = connections.workers;
  }

  static async open(options: IntakeOptions): Promise<EvidenceIntake> {
    const { engine } = options;
    const connection = await engine.connect();
    const writing = await engine.connect();
    const workers: BlockWorker[] = [];
    for (let index = 0; index < blocksAtOnce; index += 1)
      workers.push(new BlockWorker(await engine.connect()));
    const intake = new EvidenceIntake(options, { connection, writing, workers });
    await createTable(connection, intake.batch.table, batchColumns);
    return intake;
  }

  get connection(): DuckDBConnection {
    return this.#connection;
  }

  /** What has been read since the last one was sealed. */
  get batch(): Batch {
    return this.#batch;
  }

  /**
   * Reads one file's text. Between blocks `onBlock` is waited for: the batch may be settled and emptied there; what was
   * read so far stands by itself when it is at a record's end.
   */
  async readText(
    { file, source, skipLines = 0, ownsChunks, onContent }: TextFile,
    chunks: AsyncIterable<Buffer>,
    onBlock: (atRecordEnd: boolean) => Promise<void>,
  ): Promise<void> {
    const reading = this.#reading(file, source, skipLines);
    const limits = { blockBytes: this.#options.blockBytes, lineBytesMax: lineBytesMax[source.format] };
    for await (const block of cutBlocks(chunks, limits, {
      firstLine: skipLines > 0 ? 1 : file.lines + 1,
      ownsChunks,
      onContent,
    })) {
      file.lines = "bytes" in block ? block.firstLine + block.ends.length - 1 : block.line;
      this.#take(reading, block);
      // Last: the block's bytes may be given away.
      await this.#hashLines(reading, block);
      await this.#insertFull();
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
    const { rows, record } = await parquetShape(this.#connection, path);
    const reading = this.#reading(file, source, 0);
    for (let start = 0; start < rows; start += parquetRows) {
      await this.#readRows(
        reading,
        `SELECT file_row_number + 1 AS line, ${record} AS record
         FROM read_parquet(${sqlPath(path)}, file_row_number = true, hive_partitioning = false)
         WHERE file_row_number >= ${start} AND file_row_number < ${start + parquetRows}`,
      );
      await this.#insertFull();
      file.lines = Math.min(rows, start + parquetRows);
      this.#options.onLines(file);
      await onBlock(false);
    }
  }

  /** Takes lines that hold no records. */
  addLines(source: number, bytes: Buffer): void {
    this.#batch.hashesOf(source).addLines(bytes, lineEnds(bytes), 0);
  }

  /** Ends what is under way: afterwards every event is a row of the batch. */
  async settle(): Promise<void> {
    if (this.#block.rows > 0) await this.#insert();
    await Promise.all(this.#underWay);
    for (const worker of this.#workers) await worker.commit();
    await this.#writeOdd();
    await this.#takeHashes();
  }

  /** Sorts hashes of lines beside this thread; null while there were too few lines for another one. */
  get sortElsewhere(): SortHashes | null {
    const worker = this.#hashWorker;
    return worker === null ? null : (hashes) => worker.sort(hashes);
  }

  /**
   * Hands the batch over: what is read from here on is another's. Its table is the caller's, who drops it with `drop`.
   */
  async seal(): Promise<Batch> {
    await this.settle();
    const sealed = this.#batch;
    await this.#begin(new Batch(this.#batchNumber));
    return sealed;
  }

  async drop(batch: Batch): Promise<void> {
    await this.#connection.run(`DROP TABLE ${batch.table}`);
  }

  async #begin(batch: Batch): Promise<void> {
    await createTable(this.#connection, batch.table, batchColumns);
    this.#odd?.close();
    this.#odd = null;
    this.#batch = batch;
    this.#batchNumber += 1;
  }

  close(): void {
    this.#hashWorker?.close();
    this.#odd?.close();
    for (const connection of [this.#connection, this.#writing]) connection.closeSync();
    for (const worker of this.#workers) worker.close();
  }

  #reading(file: FileIntake, source: Source, skipLines: number): TextReading {
    return new TextReading({
      file,
      source,
      normaliser: this.#normaliser(file.source, source),
      lineReader: this.#lineReader(file.source, source),
      skipLines,
    });
  }

  #lineReader(index: number, source: Source): LineReader | null {
    if (!this.#options.inBulk || (source.format !== "jsonl" && source.format !== "ocsf")) return null;
    const known = this.#readers.get(index);
    if (known !== undefined) return known;
    const made = new LineReader(source);
    this.#readers.set(index, made);
    return made;
  }

  #normaliser(index: number, source: Source): Normaliser {
    const known = this.#normalisers.get(index);
    if (known !== undefined) return known;
    const made = compileNormaliser(source);
    this.#normalisers.set(index, made);
    return made;
  }

  #take(reading: TextReading, block: LineBlock | OverlongLine): void {
    const { source } = reading;
    if ("bytes" in block) {
      this.#takeBlock(reading, block);
      return;
    }
    this.#takeRecords(
      reading,
      reading.assembler.miss(
        block.line,
        `the line is longer than ${lineBytesMax[source.format] / mebibyte} MiB`,
      ),
    );
  }

  async #writeOdd(): Promise<void> {
    if (this.#oddRows.length === 0) return;
    this.#odd ??= await TableWriter.open(this.#writing, this.#batch.table, batchColumns);
    for (const row of this.#oddRows) this.#odd.add(...row);
    this.#oddRows = [];
    this.#odd.flush();
  }

  /** In a thread of its own for what is much: hashing takes a third of the time of reading. */
  async #hashLines({ file, skipLines }: TextReading, block: LineBlock | OverlongLine): Promise<void> {
    if (!("bytes" in block)) {
      if (block.line > skipLines) this.#batch.hashesOf(file.source).add(block.sha256);
      return;
    }
    const skipped = Math.max(0, skipLines - block.firstLine + 1);
    if (block.bytes.length < threadBytesMin) {
      this.#batch.hashesOf(file.source).addLines(block.bytes, block.ends, skipped);
      return;
    }
    this.#hashWorker ??= new LineHashWorker();
    await this.#hashWorker.hash(file.source, block, skipped);
  }

  async #takeHashes(): Promise<void> {
    for (const { source, grouped } of (await this.#hashWorker?.take()) ?? [])
      this.#batch.hashesOf(source).addGrouped(Buffer.from(grouped.buffer));
  }

  async #insertFull(): Promise<void> {
    if (this.#oddRows.length >= oddRowsMax) await this.#writeOdd();
    if (this.#block.rows >= blockRows || this.#block.byteLength >= blockBytesMax) await this.#insert();
  }

  async #insert(): Promise<void> {
    while (this.#workers.length === 0) await Promise.race(this.#underWay);
    const worker = this.#workers.pop();
    // INVARIANT: a worker is free, for the loop above waited until one was.
    if (worker === undefined) throw new RangeError("no worker is free");
    const block = this.#block;
    this.#block = this.#freeBlocks.pop() ?? new EventBlock();
    const work = worker.insert(block, this.#batch.table);
    const done = work.finally(() => {
      block.clear();
      this.#freeBlocks.push(block);
      this.#workers.push(worker);
      this.#underWay.delete(done);
    });
    this.#underWay.add(done);
    // A failure is thrown where the work is waited for; until then it must not count as unhandled.
    done.catch(() => undefined);
  }

  /** Records that the engine gives as JSON. */
  async #readRows(reading: TextReading, records: string): Promise<void> {
    const result = await this.#connection.stream(records);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      for (const [line, record] of chunk.getRows()) {
        const bytes = Buffer.from(String(record));
        this.#batch.hashesOf(reading.file.source).addLine(bytes);
        if (this.#takeInBulk(reading, Number(line), { bytes, from: 0, to: bytes.length })) continue;
        this.#takeEvent(reading, Number(line), readRecord(reading.normaliser, String(record)));
      }
    }
  }

  #takeBlock(reading: TextReading, block: LineBlock): void {
    const { source } = reading;
    const bulk = reading.inBulk && isUtf8(block.bytes);
    let start = 0;
    // By index: an iterator would make an object a line.
    for (let index = 0; index < block.ends.length; index += 1) {
      const end = block.ends[index] ?? 0;
      const line = block.firstLine + index;
      const hasReturn = end > start && block.bytes[end - 1] === 0x0d;
      const from = start;
      const to = hasReturn ? end - 1 : end;
      start = end + 1;
      if (bulk && to - from <= lineBytesMax[source.format]) {
        if (this.#takeInBulk(reading, line, { bytes: block.bytes, from, to })) continue;
      }
      const bytes = block.bytes.subarray(from, to);
      const miss = missOf(bytes, source.format);
      if (miss !== null) {
        this.#takeRecords(reading, reading.assembler.miss(line, miss));
        continue;
      }
      const ending = end === block.bytes.length ? "" : hasReturn ? "\r\n" : "\n";
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

  /** False when the line must be read row by row. */
  #takeInBulk(
    { file, lineReader, hasIds }: TextReading,
    line: number,
    { bytes, from, to }: { readonly bytes: Buffer; readonly from: number; readonly to: number },
  ): boolean {
    const shape = lineReader?.read(bytes, from, to) ?? null;
    if (lineReader === null || shape === null) return false;
    this.#block.addLine({ source: file.source, file: file.number, hasIds }, line, shape, lineReader, bytes);
    file.readable += 1;
    this.#batch.rows += 1;
    return true;
  }

  #takeRecords(reading: TextReading, records: readonly AssembledRecord[]): void {
    for (const record of records) {
      if (record.line <= reading.skipLines) continue;
      this.#takeEvent(
        reading,
        record.line,
        "unreadable" in record ? record : normalise(reading.normaliser, record.record),
      );
    }
  }

  #takeEvent({ file, hasIds }: TextReading, line: number, event: LogEvent | Unreadable): void {
    if ("unreadable" in event) {
      file.rejected += 1;
      addRejected(file, { file: file.name, line, reason: event.unreadable });
      return;
    }
    if (!this.#block.addEvent({ source: file.source, file: file.number, hasIds }, line, event)) {
      const row = eventRow(event);
      this.#oddRows.push([file.source, file.number, BigInt(line), ...eventColumns.map((name) => row[name])]);
    }
    file.readable += 1;
    this.#batch.rows += 1;
  }
}

/** Why a line's text cannot be had; null when it can. */
function missOf(bytes: Buffer, format: Format): string | null {
  if (bytes.length > lineBytesMax[format])
    return `the line is longer than ${lineBytesMax[format] / mebibyte} MiB`;
  return isUtf8(bytes) ? null : "the line is no UTF-8";
}

function addRejected(file: FileIntake, rejected: RejectedLine): void {
  if (file.rejectedLines.length < rejectedLinesMax) file.rejectedLines = [...file.rejectedLines, rejected];
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
