import { hash } from "node:crypto";

import { listValue, type DuckDBConnection } from "@duckdb/node-api";
import {
  compileNormaliser,
  type DataMap,
  type LogEvent,
  type LogValue,
  type Normaliser,
  type Source,
} from "@cordon/evidence";
import {
  matchSuspect,
  placeInWindow,
  type Inquiry,
  type RejectedLine,
  type SourceInquiry,
} from "@cordon/scope";

import { createEventTables, outcomeCodes, type EventTables } from "./event-tables.ts";
import type { EvidenceFile, EvidenceFiles } from "./evidence-files.ts";
import { ChainNames } from "./chain-names.ts";
import { readLines, type RawLine } from "./read-lines.ts";
import {
  lineBytesMax,
  mayBeginDocument,
  readDocument,
  recordsOfLine,
  type ReadRecord,
} from "./source-records.ts";
import { unpackFile } from "../unpack-file.ts";

/** How many unreadable lines are named. */
const rejectedLinesMax = 100;
/** How many of an event's accounts `--events` shows. */
const accountsShownMax = 100;
/** Lines between two reports of progress. */
const progressLines = 10_000;

/** How far the reading is. */
export interface ScopeProgress {
  readonly source: string;
  /** Relative to the evidence folder. */
  readonly file: string;
  /** Lines read so far, of all files. */
  readonly lines: number;
  /** Read so far, and in all, as they lie on the disk. */
  readonly bytes: number;
  readonly bytesTotal: number;
}

interface IntakeRequest {
  readonly connection: DuckDBConnection;
  readonly map: DataMap;
  readonly inquiry: Inquiry;
  readonly files: EvidenceFiles;
  /** True when the events are to be listed, so that the accounts they name must be kept with them. */
  readonly showsEvents: boolean;
  readonly onProgress: (progress: ScopeProgress) => void;
}

/** What was counted on the way in; the rest is in the tables. */
export interface Intake {
  readonly readable: readonly number[];
  readonly rejected: readonly number[];
  readonly rejectedLines: readonly RejectedLine[];
  readonly decoysTouched: ReadonlySet<string>;
  readonly decoysTouchedByOthers: ReadonlySet<string>;
  readonly firstAccessUs: number | null;
  readonly lastAccessUs: number | null;
  /** By the number that the table of suspect events has. */
  readonly fileNames: readonly string[];
  readonly chains: ChainNames;
}

/** Reads all evidence once, line by line, into the tables. */
export async function takeIn(request: IntakeRequest): Promise<Intake> {
  const intake = new EvidenceIntake(request, await createEventTables(request.connection));
  await intake.run();
  return intake;
}

class EvidenceIntake implements Intake {
  readonly readable: number[];
  readonly rejected: number[];
  readonly rejectedLines: RejectedLine[] = [];
  readonly decoysTouched = new Set<string>();
  readonly decoysTouchedByOthers = new Set<string>();
  firstAccessUs: number | null = null;
  lastAccessUs: number | null = null;
  readonly fileNames: string[] = [];
  readonly chains = new ChainNames();

  readonly #request: IntakeRequest;
  readonly #tables: EventTables;
  readonly #decoys: ReadonlySet<string>;
  readonly #bytesTotal: number;
  #lines = 0;
  #bytes = 0;

  constructor(request: IntakeRequest, tables: EventTables) {
    this.#request = request;
    this.#tables = tables;
    this.#bytesTotal = [...request.files.bySource.values()].flat().reduce((sum, { bytes }) => sum + bytes, 0);
    this.#decoys = new Set(request.inquiry.decoys);
    this.readable = request.map.sources.map(() => 0);
    this.rejected = request.map.sources.map(() => 0);
  }

  async run(): Promise<void> {
    const { map, inquiry, files } = this.#request;
    for (const [index, source] of map.sources.entries()) {
      const asked = inquiry.sources[index];
      if (asked?.source !== source.name)
        throw new RangeError(`the inquiry is of another map than source \`${source.name}\``);
      const reading: SourceReading = { index, source, asked, normaliser: compileNormaliser(source) };
      for (const file of files.bySource.get(source.name) ?? []) await this.#readFile(reading, file);
    }
    this.#tables.close();
  }

  async #readFile(reading: SourceReading, file: EvidenceFile): Promise<void> {
    const { format, name } = reading.source;
    this.fileNames.push(file.name);
    let isDocument: boolean | null = null;
    const chunks = unpackFile(file.file, (bytes) => (this.#bytes += bytes));
    for await (const batch of readLines(chunks, lineBytesMax[format])) {
      for (const raw of batch) {
        this.#countLine(reading, file, raw);
        if (isDocument === null) {
          const records = format === "cloudtrail" && mayBeginDocument(raw) ? await readDocument(file) : null;
          isDocument = records !== null;
          for (const record of records ?? []) this.#takeRecord(reading, file, record);
        }
        if (isDocument) continue;
        for (const record of recordsOfLine(raw, format)) this.#takeRecord(reading, file, record);
      }
    }
    this.#report(name, file);
  }

  #countLine(reading: SourceReading, file: EvidenceFile, raw: RawLine): void {
    const digest = raw.sha256 ?? hash("sha256", raw.bytes ?? "", "buffer");
    this.#tables.lines.add(
      reading.index,
      digest.readBigUInt64BE(0),
      digest.readBigUInt64BE(8),
      digest.readBigUInt64BE(16),
      digest.readBigUInt64BE(24),
    );
    this.#lines += 1;
    if (this.#lines % progressLines === 0) this.#report(reading.source.name, file);
  }

  #report(source: string, file: EvidenceFile): void {
    this.#request.onProgress({
      source,
      file: file.name,
      lines: this.#lines,
      bytes: this.#bytes,
      bytesTotal: this.#bytesTotal,
    });
  }

  #takeRecord(reading: SourceReading, file: EvidenceFile, read: ReadRecord): void {
    const event = "unreadable" in read ? read : normalise(reading.normaliser, read.record);
    if ("unreadable" in event) {
      this.rejected[reading.index] = (this.rejected[reading.index] ?? 0) + 1;
      if (this.rejectedLines.length < rejectedLinesMax) {
        this.rejectedLines.push({ file: file.name, line: read.line, reason: event.unreadable });
      }
      return;
    }
    const ordinal = (this.readable[reading.index] ?? 0) + 1;
    this.readable[reading.index] = ordinal;
    const key = eventKey(event, ordinal);
    if (reading.asked.sequence) {
      const idKey =
        event.id === null ? BigInt(ordinal) : hash("sha256", event.id, "buffer").readBigInt64LE(0);
      const chain = this.chains.numberOf(event.chain);
      this.#tables.events.add(reading.index, ...key, idKey, BigInt(event.timeUs), event.sequence, chain);
    } else if (event.id !== null) {
      this.#tables.events.add(reading.index, ...key, null, null, null, null);
    }
    this.#takeSuspect(reading, event, key, read.line);
  }

  #takeSuspect(reading: SourceReading, event: LogEvent, key: EventKey, line: number): void {
    const place = placeInWindow(this.#request.inquiry, reading.asked, event.timeUs);
    if (place === "no") return;
    const match = matchSuspect(reading.asked, event.fields);
    const { outcome } = event;
    if (match !== "surely" && outcome.kind === "access") {
      for (const name of outcome.names) if (this.#decoys.has(name)) this.decoysTouchedByOthers.add(name);
    }
    if (match === "no") return;
    const surely = place === "surely" && match === "surely";
    const named = outcome.kind === "access" || outcome.kind === "refused" ? outcome.names : [];
    const people = named.filter((name) => !this.#decoys.has(name));
    const effect = outcome.kind === "access" ? outcome.effect : null;
    for (const name of people) this.#tables.names.add(surely, outcomeCodes[outcome.kind], effect, name);
    const access = outcome.kind === "access" ? outcome : null;
    // A read of nobody, or of decoys alone, reaches no person.
    const reaching = access !== null && (people.length > 0 || access.opensStore || (access.rows ?? 0) > 0);
    this.#tables.suspects.add(
      reading.index,
      ...key,
      surely,
      BigInt(event.timeUs),
      this.fileNames.length - 1,
      BigInt(line),
      outcomeCodes[outcome.kind],
      event.operation,
      access?.entry ?? null,
      reaching,
      access?.opensStore ?? false,
      access === null || access.rows === null ? null : BigInt(access.rows),
      BigInt(named.length),
      listValue(this.#request.showsEvents ? named.slice(0, accountsShownMax) : []),
    );
    if (!surely || access === null) return;
    for (const name of named) if (this.#decoys.has(name)) this.decoysTouched.add(name);
    if (!reaching) return;
    this.firstAccessUs = Math.min(this.firstAccessUs ?? Infinity, event.timeUs);
    this.lastAccessUs = Math.max(this.lastAccessUs ?? -Infinity, event.timeUs);
  }
}

interface SourceReading {
  readonly index: number;
  readonly source: Source;
  readonly asked: SourceInquiry;
  readonly normaliser: Normaliser;
}

type EventKey = readonly [bigint, bigint];

/** Two lines of a source are one event when their keys are equal: same id, and same values at all mapped paths. */
function eventKey(event: LogEvent, ordinal: number): EventKey {
  if (event.id === null) return [BigInt(ordinal), 0n];
  const digest = hash("sha256", `${event.id.length}:${event.id}${event.mappedValues}`, "buffer");
  return [digest.readBigInt64LE(0), digest.readBigInt64LE(8)];
}

function normalise(normaliser: Normaliser, record: LogValue): ReturnType<Normaliser["normalise"]> {
  try {
    return normaliser.normalise(record);
  } catch (error) {
    if (error instanceof RangeError) return { unreadable: "the line is nested too deeply" };
    throw error;
  }
}
