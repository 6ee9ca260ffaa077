import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataMap, Source } from "@cordon/evidence";

import type { Engine } from "../directory/engine.ts";
import { LakeError } from "../errors.ts";
import { isPlain, unpackFile } from "../unpack-file.ts";
import type { EvidenceFile, EvidenceFiles } from "./evidence-files.ts";
import type { Batch } from "./batch.ts";
import { EvidenceIntake, type FileIntake } from "./evidence-intake.ts";
import { digestBytes } from "./digest-bytes.ts";
import { contentOf, ContentCount, restOf } from "./content-count.ts";
import { contentBegins, sha256OfFile } from "./file-content.ts";
import {
  manifestVersion,
  syncFile,
  syncFolder,
  writeManifest,
  type LakeFile,
  type LakeManifest,
  type LakePart,
  type LakeSource,
} from "./lake-manifest.ts";
import { LakeWriter } from "./lake-writer.ts";
import { digestOfLines } from "./line-hashes.ts";
import type { ReadingProgress } from "./reading-progress.ts";
import { readingOf } from "./reading-of.ts";

const mebibyte = 1024 * 1024;

export interface IntakeLimits {
  readonly memoryBytesMax: number;
  readonly threads: number;
  /** Events that are put into the lake at a time. */
  readonly batchRows: number;
  /** False reads every line row by row, as the meaning of bulk reading. */
  readonly inBulk: boolean;
  /** Bytes of text that are read at a time. */
  readonly blockBytes: number;
  /** A day of more parts becomes one at the end of an import. */
  readonly partsOfDayMax: number;
  /** Parts of fewer events get no tally: they are read as quickly. */
  readonly talliedEventsMin: number;
  /** Of the suspects' events so many are taken out once when a question is asked; more are read anew for each part of it. */
  readonly keptRows: number;
}

export const defaultIntakeLimits: IntakeLimits = {
  memoryBytesMax: 1536 * mebibyte,
  threads: 2,
  batchRows: 4_000_000,
  inBulk: true,
  blockBytes: 8 * mebibyte,
  partsOfDayMax: 16,
  talliedEventsMin: 50_000,
  keptRows: 300_000,
};

interface LakeImportOptions {
  readonly engine: Engine;
  readonly map: DataMap;
  /** Null until something must be written: see `intoFolder`. */
  readonly lakeFolder: string;
  readonly manifest: LakeManifest;
  readonly limits: IntakeLimits;
  /** False for a lake that does not outlive the process. */
  readonly durable: boolean;
  readonly onProgress: (progress: ReadingProgress) => void;
}

/** What an import did. */
export interface ImportCounts {
  /** Files that were read, to their end or on from where an earlier import had come. */
  readonly filesRead: number;
  /** Files that the lake held already. */
  readonly filesKnown: number;
  readonly lines: number;
  readonly events: number;
  readonly duplicates: number;
  readonly rejected: number;
}

interface SourceState {
  readonly name: string;
  readonly reading: string;
  files: LakeFile[];
  parts: LakePart[];
  lines: string[];
  linesDigest: string | null;
  digestFiles: LakeSource["digestFiles"];
}

/** One import into a lake. Single use. */
export class LakeImport {
  readonly #options: LakeImportOptions;
  readonly #intake: EvidenceIntake;
  /** Its own: writing goes on beside reading. */
  readonly #connection: DuckDBConnection;
  readonly #writer: LakeWriter;
  readonly #sources: SourceState[];
  #generation: number;
  #nextFile: number;
  #written = false;
  /** The batch that is on its way into the lake. */
  #writing: Promise<void> = Promise.resolve();
  #bytes = 0;
  #bytesTotal = 0;
  #linesRead = 0;
  #counts = { filesRead: 0, filesKnown: 0, lines: 0, rejected: 0, readable: 0, events: 0 };

  private constructor(
    options: LakeImportOptions,
    intake: EvidenceIntake,
    connection: DuckDBConnection,
    sources: SourceState[],
  ) {
    const { manifest, map, lakeFolder, durable } = options;
    this.#options = options;
    this.#intake = intake;
    this.#connection = connection;
    this.#sources = sources;
    this.#generation = manifest.generation;
    this.#nextFile = manifest.nextFile;
    this.#writer = new LakeWriter({
      folder: lakeFolder,
      sources: map.sources,
      nextPart: manifest.nextPart,
      accounts: manifest.accounts,
      talliedEventsMin: options.limits.talliedEventsMin,
      durable,
    });
  }

  static async open(options: LakeImportOptions): Promise<LakeImport> {
    const sources = options.map.sources.map((source) => sourceState(source, options.manifest));
    const intake = await EvidenceIntake.open({
      engine: options.engine,
      inBulk: options.limits.inBulk,
      blockBytes: options.limits.blockBytes,
      onLines: () => undefined,
    });
    const lakeImport = new LakeImport(options, intake, await options.engine.connect(), sources);
    if (options.durable) await lakeImport.#writer.sweep(lakeImport.#named());
    return lakeImport;
  }

  /** True when something has been put into the lake's folder; else all there is rests in the intake's tables. */
  get written(): boolean {
    return this.#written;
  }

  get connection(): DuckDBConnection {
    return this.#connection;
  }

  get intake(): EvidenceIntake {
    return this.#intake;
  }

  /** What the lake would hold if it were written now. */
  get manifest(): LakeManifest {
    return {
      version: manifestVersion,
      generation: this.#generation,
      nextFile: this.#nextFile,
      nextPart: this.#writer.nextPart,
      sources: this.#sources.map((source) => ({ ...source })),
      accounts: this.#writer.accounts,
    };
  }

  async read(files: EvidenceFiles): Promise<void> {
    this.#bytesTotal = [...files.bySource.values()].flat().reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [index, source] of this.#options.map.sources.entries()) {
      const found = files.bySource.get(source.name) ?? [];
      const names = new Set(found.map(({ name }) => name));
      for (const file of found) await this.#readFile({ index, source, names }, file);
    }
    await this.#writing;
    await this.#intake.settle();
  }

  /** Puts the last batch into the lake, joins small parts, makes the digests. */
  async finish(): Promise<ImportCounts> {
    await this.#flush({ commit: false });
    await this.#writing;
    for (const [index, source] of this.#options.map.sources.entries()) await this.#joinParts(index, source);
    await this.#joinAccounts();
    for (const source of this.#sources) {
      if (source.linesDigest !== null) continue;
      source.linesDigest = await digestOfLines(
        source.lines.map((file) => path.join(this.#options.lakeFolder, file)),
        [],
        this.#intake.sortElsewhere,
      );
      this.#generation += 1;
    }
    if (this.#options.durable && this.#generation > this.#options.manifest.generation) await this.#commit();
    const { filesRead, filesKnown, lines, rejected, readable, events } = this.#counts;
    return { filesRead, filesKnown, lines, events, duplicates: readable - events, rejected };
  }

  close(): void {
    this.#intake.close();
    this.#connection.closeSync();
  }

  async #readFile(of: OfSource, file: EvidenceFile): Promise<void> {
    if (of.source.format === "cloudtrail" && file.isFile && (await this.#takeDigestFile(of, file))) return;
    const known = await this.#findKnown(of, file);
    if (known === "known") {
      this.#counts.filesKnown += 1;
      this.#bytes += file.bytes;
      return;
    }
    const state = this.#stateOf(of.index);
    const before = known;
    const intake: FileIntake = {
      number: before?.number ?? this.#takeFileNumber(),
      source: of.index,
      name: file.name,
      lines: before?.lines ?? 0,
      readable: before?.readable ?? 0,
      rejected: before?.rejected ?? 0,
      rejectedLines: [...(before?.rejectedLines ?? [])],
    };
    const content = new ContentCount();
    const record = (complete: boolean, sha256: string | null): LakeFile => ({
      number: intake.number,
      name: file.name,
      sha256,
      contentSha256: content.sha256(),
      contentBytes: content.bytes,
      lines: intake.lines,
      readable: intake.readable,
      rejected: intake.rejected,
      rejectedLines: intake.rejectedLines,
      complete,
      endsOpen: complete && content.endsOpen,
    });
    const put = (made: LakeFile): void => {
      state.files = [...state.files.filter(({ number }) => number !== made.number), made];
    };
    const onBlock = async (atRecordEnd: boolean): Promise<void> => {
      this.#report(of.source, file, intake);
      if (this.#intake.batch.rows < this.#options.limits.batchRows) return;
      const commit = atRecordEnd && file.isFile;
      // What is sealed holds the file up to here.
      if (commit) put(record(false, null));
      await this.#flush({ commit });
    };
    const start = { lines: intake.lines, rejected: intake.rejected, readable: intake.readable };
    if (/\.parquet$/.test(file.name) && of.source.format === "ocsf") {
      await this.#intake.readParquet({ file: intake, source: of.source }, file.file, onBlock);
      content.setTo(await sha256OfFile(file.file), file.bytes);
    } else {
      const resumes = of.source.format === "jsonl";
      const chunks = this.#unpack(file);
      const isNew = before === null;
      await this.#intake.readText(
        {
          file: intake,
          source: of.source,
          skipLines: isNew || resumes ? 0 : before.lines,
          ownsChunks: isPlain(file.file),
          onContent: (bytes) => {
            content.add(bytes);
          },
        },
        isNew || !resumes ? chunks : restOf(chunks, before, content),
        onBlock,
      );
    }
    put(record(true, file.isFile && this.#options.durable ? await sha256OfFile(file.file) : null));
    state.linesDigest = null;
    this.#generation += 1;
    this.#counts.filesRead += 1;
    this.#counts.lines += intake.lines - start.lines;
    this.#counts.rejected += intake.rejected - start.rejected;
    this.#counts.readable += intake.readable - start.readable;
    this.#linesRead += intake.lines - start.lines;
  }

  /** Keeps a digest of CloudTrail or a signature beside one, which hold no events; false for anything else. */
  async #takeDigestFile(of: OfSource, file: EvidenceFile): Promise<boolean> {
    const bytes = await digestBytes(file);
    if (bytes === null) return false;
    this.#bytes += file.bytes;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const state = this.#stateOf(of.index);
    const held = state.digestFiles.find(
      (other) => other.sha256 === sha256 && (other.name === file.name || !of.names.has(other.name)),
    );
    if (held !== undefined) {
      state.digestFiles = state.digestFiles.map((other) =>
        other === held ? { ...held, name: file.name } : other,
      );
      this.#counts.filesKnown += 1;
      return true;
    }
    const name = `digests/${sha256}`;
    const folder = path.join(this.#options.lakeFolder, "digests");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path.join(folder, sha256), bytes, { mode: 0o600 });
    if (this.#options.durable) {
      await syncFile(path.join(folder, sha256));
      await syncFolder(folder);
    }
    // Its lines are evidence: whoever changes them changes the digest of the evidence.
    this.#intake.addLines(of.index, bytes);
    state.digestFiles = [...state.digestFiles, { name: file.name, file: name, sha256 }];
    state.linesDigest = null;
    this.#generation += 1;
    this.#counts.filesRead += 1;
    return true;
  }

  async *#unpack(file: EvidenceFile): AsyncGenerator<Buffer> {
    yield* unpackFile(file.file, (bytes) => (this.#bytes += bytes), this.#options.limits.blockBytes);
  }

  /** What the lake holds of a file: all of it, its beginning, or (null) nothing. */
  async #findKnown(
    { index, source, names }: OfSource,
    file: EvidenceFile,
  ): Promise<LakeFile | "known" | null> {
    if (!file.isFile) return null;
    const state = this.#stateOf(index);
    const sameName = state.files.filter(({ name }) => name === file.name);
    for (const held of sameName.reverse()) {
      if (held.complete && held.sha256 !== null && held.sha256 === (await sha256OfFile(file.file)))
        return "known";
      const begins = await contentBegins(unpackFile(file.file), held);
      if (begins === "ends" && held.complete) return "known";
      if (begins === "ends") return held;
      if (begins === "other" || /\.parquet$/.test(file.name)) continue;
      // An end without line end was the end of a line only if the line's end is what follows.
      if (!held.endsOpen || begins === "line-ends") return held;
      throw new LakeError(
        "ERR_LAKE_INPUT",
        `${file.file}: it has grown, and its last line was unfinished when it was imported; expected a file that ends with a whole line`,
        { hint: "import the evidence into a new lake" },
      );
    }
    // A file that was renamed or packed since (as log rotation does) is no new evidence.
    const moved = state.files.filter(({ name, complete }) => complete && !names.has(name));
    if (moved.length === 0 || source.format === "ocsf") return null;
    const { sha256, bytes } = await contentOf(unpackFile(file.file));
    const held = moved.find((other) => other.contentSha256 === sha256 && other.contentBytes === bytes);
    if (held === undefined) return null;
    const sha256Now = await sha256OfFile(file.file);
    state.files = state.files.map((other) =>
      other.number === held.number ? { ...other, name: file.name, sha256: sha256Now } : other,
    );
    this.#generation += 1;
    return "known";
  }

  /**
   * Puts what was read into the lake, while reading goes on. With `commit` the manifest then says so; of the files it says
   * what was true when this was called.
   */
  async #flush({ commit }: { readonly commit: boolean }): Promise<void> {
    await this.#writing;
    if (this.#intake.batch.isEmpty) return;
    const batch = await this.#intake.seal();
    const manifest = this.manifest;
    const writing = this.#write(batch, commit ? manifest : null);
    // A failure is thrown where the work is waited for; until then it must not count as unhandled.
    writing.catch(() => undefined);
    this.#writing = writing;
  }

  async #write(batch: Batch, read: LakeManifest | null): Promise<void> {
    const written = await this.#writer.write(this.connection, batch, (source) => this.#stateOf(source).parts);
    await this.#intake.drop(batch);
    for (const { source, parts, lines } of written) {
      const state = this.#stateOf(source);
      state.parts.push(...parts);
      this.#counts.events += parts.reduce((sum, part) => sum + part.events, 0);
      if (lines !== null) state.lines.push(lines);
      state.linesDigest = null;
    }
    this.#written = true;
    this.#generation += 1;
    if (read === null || !this.#options.durable) return;
    const { nextFile } = read;
    const sources = this.manifest.sources.map((source, index) => ({
      ...source,
      files: read.sources[index]?.files ?? [],
      digestFiles: read.sources[index]?.digestFiles ?? [],
    }));
    await writeManifest(this.#options.lakeFolder, { ...this.manifest, nextFile, sources });
  }

  async #commit(): Promise<void> {
    await writeManifest(this.#options.lakeFolder, this.manifest);
  }

  /** Many small parts of a day make every question open many files. */
  async #joinParts(index: number, source: Source): Promise<void> {
    const state = this.#stateOf(index);
    const days = Map.groupBy(state.parts, ({ day }) => day);
    for (const parts of days.values()) {
      if (parts.length <= this.#options.limits.partsOfDayMax) continue;
      const joined = await this.#writer.join(this.connection, source, parts);
      const gone = new Set(parts);
      state.parts = [...state.parts.filter((part) => !gone.has(part)), ...(joined === null ? [] : [joined])];
      this.#generation += 1;
      if (!this.#options.durable) continue;
      await this.#commit();
      await this.#writer.sweep(this.#named());
    }
  }

  /** Every question about operations opens all files of numbers. */
  async #joinAccounts(): Promise<void> {
    if (!(await this.#writer.joinAccounts(this.connection))) return;
    this.#generation += 1;
    await this.#commit();
    await this.#writer.sweep(this.#named());
  }

  #named(): ReadonlySet<string> {
    const files = this.#sources.flatMap(({ parts, lines }) => [
      ...parts.flatMap(({ file, tally }) => (tally === null ? [file] : [file, tally.file])),
      ...lines,
    ]);
    return new Set([...files, ...this.#writer.accounts.map(({ file }) => file)]);
  }

  #stateOf(index: number): SourceState {
    const state = this.#sources[index];
    // INVARIANT: the states stand in the order of the map's sources, whose positions are asked for.
    if (state === undefined) throw new RangeError(`the map has no source ${index}`);
    return state;
  }

  #takeFileNumber(): number {
    this.#nextFile += 1;
    return this.#nextFile - 1;
  }

  #report(source: Source, file: EvidenceFile, intake: FileIntake): void {
    this.#options.onProgress({
      source: source.name,
      file: file.name,
      lines: this.#linesRead + intake.lines,
      bytes: this.#bytes,
      bytesTotal: this.#bytesTotal,
    });
  }
}

interface OfSource {
  readonly index: number;
  readonly source: Source;
  /** Of all files that lie in the source's folder now. */
  readonly names: ReadonlySet<string>;
}

function sourceState(source: Source, manifest: LakeManifest): SourceState {
  const reading = readingOf(source);
  const held = manifest.sources.find(({ name }) => name === source.name);
  if (held !== undefined && held.reading !== reading) {
    throw new LakeError(
      "ERR_LAKE_READING",
      `the lake was imported with a map that reads source \`${source.name}\` otherwise, expected the same format, fields and operations`,
      { hint: "import the evidence into a new lake" },
    );
  }
  return {
    name: source.name,
    reading,
    files: [...(held?.files ?? [])],
    parts: [...(held?.parts ?? [])],
    lines: [...(held?.lines ?? [])],
    linesDigest: held?.linesDigest ?? null,
    digestFiles: held?.digestFiles ?? [],
  };
}
