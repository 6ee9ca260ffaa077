import {
  assembleRecords,
  type LineReader,
  type Normaliser,
  type RecordAssembler,
  type Source,
} from "@cordon/evidence";

import type { FileIntake } from "./evidence-intake.ts";

/** How one file's text is read. */
export class TextReading {
  readonly file: FileIntake;
  readonly source: Source;
  readonly normaliser: Normaliser;
  readonly assembler: RecordAssembler;
  /** Null: nothing of the file is read in bulk. */
  readonly lineReader: LineReader | null;
  readonly hasIds: boolean;
  readonly skipLines: number;

  constructor(given: {
    readonly file: FileIntake;
    readonly source: Source;
    readonly normaliser: Normaliser;
    readonly lineReader: LineReader | null;
    readonly skipLines: number;
  }) {
    this.file = given.file;
    this.source = given.source;
    this.normaliser = given.normaliser;
    this.lineReader = given.lineReader;
    this.skipLines = given.skipLines;
    this.assembler = assembleRecords(given.source);
    this.hasIds = given.source.fields.has("id");
  }

  /** True when the next line begins a record whatever stood before it. */
  get atRecordEnd(): boolean {
    return this.source.format === "jsonl";
  }

  /** Whether a line is a record by itself. */
  get inBulk(): boolean {
    return this.source.format === "jsonl" && this.lineReader !== null;
  }
}
