import { hash } from "node:crypto";

import type { DuckDBPreparedStatement } from "@duckdb/node-api";
import {
  eventKinds,
  spanColumns,
  type LineReader,
  type LineShape,
  type LogEvent,
  type SpanColumn,
} from "@cordon/evidence";

import { sqlText } from "../directory/engine.ts";
import { TextColumn } from "./text-column.ts";

/** How much of the SHA-256 over what the columns leave untold is kept. */
const mappedDigits = 32;
const textsKeptMax = 4096;
/** More repeated parts than this are handed over as columns: a query with more cases takes longer than those. */
const casesMax = 48;

/** What many events have in common, and so is handed over once for all of them. */
interface RepeatedPart {
  readonly source: number;
  readonly file: number;
  readonly operation: string;
  readonly outcome: string | null;
  readonly chain: string | null;
  readonly kind: number;
  readonly entry: number | null;
  readonly opens: boolean;
  /** In hex; null without an id, and where it differs from event to event. */
  readonly mapped: string | null;
}

/** Where an event comes from. */
interface EventPlace {
  readonly source: number;
  readonly file: number;
  readonly hasIds: boolean;
}

/** Events on their way into the engine, as columns of text. */
export class EventBlock {
  readonly #lines = new TextColumn(1 << 16);
  readonly #times = new TextColumn(1 << 16);
  readonly #spans = spanColumns.map(() => new TextColumn(1 << 16));
  readonly #more = new TextColumn(16);
  readonly #mapped = new TextColumn(16);
  readonly #parts = new TextColumn(16);
  #partOfRow = new Uint32Array(1 << 16);
  readonly #repeated: RepeatedPart[] = [];
  #repeatedOfShape = new Map<LineShape, number>();
  readonly #repeatedOfText = new Map<string, number>();
  #shapesFile = -1;
  #rows = 0;
  #firstLine = 0;
  #linesFollow = true;
  #missing = { more: 0, mapped: 0 };

  get rows(): number {
    return this.#rows;
  }

  get byteLength(): number {
    return this.#columns().reduce((sum, column) => sum + column.byteLength, 0);
  }

  clear(): void {
    for (const column of this.#columns()) column.clear();
    this.#repeated.length = 0;
    this.#repeatedOfShape = new Map();
    this.#repeatedOfText.clear();
    this.#rows = 0;
    this.#linesFollow = true;
    this.#missing = { more: 0, mapped: 0 };
  }

  /** The event of the line that `reader` has just read from `bytes`. */
  addLine(place: EventPlace, line: number, shape: LineShape, reader: LineReader, bytes: Uint8Array): void {
    const { starts, ends, accounts } = reader;
    this.#addPlace(line);
    this.#times.addWhole(reader.timeUs);
    for (let column = 0; column < spanColumns.length; column += 1) {
      const start = starts[column] ?? -1;
      const texts = this.#spans[column];
      if (column === accountColumn && accounts?.[0] !== undefined) texts?.addText(accounts[0]);
      else if (start === -1) texts?.addNull();
      else texts?.addBytes(bytes, start, ends[column] ?? start);
    }
    this.#addMore(accounts ?? []);
    this.#addMapped(place.hasIds && shape.untold === null ? mappedOf(reader.untold) : null);
    this.#addPart(this.#partOfShape(place, shape));
  }

  /** False when a text of the event has control characters, which the columns have not. */
  addEvent(place: EventPlace, line: number, event: LogEvent): boolean {
    const { outcome, fields, sequence } = event;
    const access = outcome.kind === "access" ? outcome : null;
    const names = outcome.kind === "access" || outcome.kind === "refused" ? outcome.names : [];
    const texts = [
      event.id,
      fields.get("actor") ?? null,
      fields.get("address") ?? null,
      fields.get("session") ?? null,
      sequence?.toString() ?? null,
      names[0] ?? null,
      access?.rows?.toString() ?? null,
    ];
    const repeated = [event.operation, fields.get("outcome") ?? null, event.chain];
    if ([...texts, ...repeated].some((text) => text !== null && controls.test(text))) return false;
    this.#addPlace(line);
    this.#times.addText(String(event.timeUs));
    for (const [column, text] of texts.entries()) {
      if (text === null) this.#spans[column]?.addNull();
      else this.#spans[column]?.addText(text);
    }
    this.#addMore(names);
    const mapped = place.hasIds ? mappedOf(event.untold.join(",")) : null;
    this.#addMapped(mapped);
    this.#addPart(
      this.#partOf({
        source: place.source,
        file: place.file,
        operation: event.operation,
        outcome: fields.get("outcome") ?? null,
        chain: event.chain,
        kind: eventKinds[outcome.kind],
        entry: access?.entry ?? null,
        opens: access?.opensStore ?? false,
        mapped: null,
      }),
    );
    return true;
  }

  /** The query that puts the block into a batch's table, and what it takes. */
  insertInto(table: string): { readonly sql: string; readonly bind: (to: DuckDBPreparedStatement) => void } {
    const columns: TextColumn[] = [];
    const taken = (name: string, column: TextColumn): string => {
      columns.push(column);
      return `unnest(string_split(decode($${columns.length}::BLOB), chr(10))) AS ${name}`;
    };
    const selected = [taken("time_us", this.#times)];
    for (const [index, name] of spanColumns.entries()) {
      const column = this.#spans[index];
      if (column?.isUsed === true) selected.push(taken(name, column));
    }
    if (this.#more.isUsed) selected.push(taken("more", this.#more));
    if (this.#mapped.isUsed) selected.push(taken("mapped", this.#mapped));
    if (!this.#linesFollow) selected.push(taken("line", this.#lines));
    const repeated =
      this.#repeated.length <= casesMax ? this.#asCases(selected, taken) : this.#asColumns(selected, taken);
    const first = columns.length;
    if (this.#linesFollow)
      selected.push(`unnest(range($${first + 1}::BIGINT, $${first + 2}::BIGINT)) AS line`);
    const text = (name: SpanColumn | "more" | "mapped"): string => {
      const column =
        name === "more"
          ? this.#more
          : name === "mapped"
            ? this.#mapped
            : this.#spans[spanColumns.indexOf(name)];
      return column?.isUsed === true ? `nullif(${name}, chr(1))` : "NULL";
    };
    return {
      sql: `INSERT INTO ${table} SELECT ${repeated.source}, ${repeated.file}, line::BIGINT, time_us::BIGINT, ${text("id")}, ${text("actor")},
    ${text("address")}, ${text("session")}, ${repeated.operation}, ${repeated.outcome}, TRY_CAST(${text("number")} AS BIGINT), ${repeated.chain},
    ${repeated.kind}, ${repeated.entry}, ${text("account")}, from_json(${text("more")}, '["VARCHAR"]'),
    TRY_CAST(${text("people")} AS BIGINT), ${repeated.opens}, unhex(coalesce(${text("mapped")}, ${repeated.mapped}))
    FROM (SELECT ${selected.join(", ")})`,
      bind: (prepared) => {
        for (const [index, column] of columns.entries()) prepared.bindBlob(index + 1, column.bytes);
        if (!this.#linesFollow) return;
        prepared.bindBigInt(first + 1, BigInt(this.#firstLine));
        prepared.bindBigInt(first + 2, BigInt(this.#firstLine + this.#rows));
      },
    };
  }

  /** Few repeated parts stand in the query itself, and each event says which is its own. */
  #asCases(selected: string[], taken: (name: string, column: TextColumn) => string): RepeatedSql {
    this.#parts.clear();
    const count = this.#repeated.length;
    if (count > 1) {
      for (let row = 0; row < this.#rows; row += 1) this.#parts.addWhole(this.#partOfRow[row] ?? 0);
      selected.push(taken("part", this.#parts));
    }
    return repeatedSql((of) => {
      const literals = this.#repeated.map((part) => literal(of(part)));
      const [first = "NULL"] = literals;
      if (literals.every((other) => other === first)) return first;
      return `CASE part ${literals.map((value, part) => `WHEN '${part}' THEN ${value}`).join(" ")} END`;
    });
  }

  /** Many are columns like any other. */
  #asColumns(selected: string[], taken: (name: string, column: TextColumn) => string): RepeatedSql {
    let made = 0;
    return repeatedSql((of) => {
      const column = new TextColumn(1 << 16);
      for (let row = 0; row < this.#rows; row += 1) {
        const part = this.#repeated[this.#partOfRow[row] ?? 0];
        const value = part === undefined ? null : of(part);
        if (value === null) column.addNull();
        else column.addText(String(value));
      }
      const name = `repeated_${(made += 1)}`;
      selected.push(taken(name, column));
      return `nullif(${name}, chr(1))`;
    });
  }

  #columns(): readonly TextColumn[] {
    return [this.#lines, this.#times, ...this.#spans, this.#more, this.#mapped];
  }

  #addPart(part: number): void {
    if (this.#rows >= this.#partOfRow.length) {
      const larger = new Uint32Array(this.#partOfRow.length * 2);
      larger.set(this.#partOfRow);
      this.#partOfRow = larger;
    }
    this.#partOfRow[this.#rows] = part;
    this.#rows += 1;
  }

  /** Mostly one line follows the other, and the first one's number is enough. */
  #addPlace(line: number): void {
    if (this.#rows === 0) this.#firstLine = line;
    if (this.#linesFollow && line !== this.#firstLine + this.#rows) {
      this.#linesFollow = false;
      for (let row = 0; row < this.#rows; row += 1) this.#lines.addWhole(this.#firstLine + row);
    }
    if (!this.#linesFollow) this.#lines.addWhole(line);
  }

  /** A column that few events need is not begun before the first of them. */
  #addMore(names: readonly string[]): void {
    if (names.length < 2) {
      if (this.#more.isUsed) this.#more.addNull();
      else this.#missing.more += 1;
      return;
    }
    if (!this.#more.isUsed) for (let row = 0; row < this.#missing.more; row += 1) this.#more.addNull();
    this.#more.addText(JSON.stringify(names.slice(1)));
  }

  #addMapped(mapped: string | null): void {
    if (mapped === null) {
      if (this.#mapped.isUsed) this.#mapped.addNull();
      else this.#missing.mapped += 1;
      return;
    }
    if (!this.#mapped.isUsed) for (let row = 0; row < this.#missing.mapped; row += 1) this.#mapped.addNull();
    this.#mapped.addText(mapped);
  }

  #partOfShape({ source, file, hasIds }: EventPlace, shape: LineShape): number {
    if (this.#shapesFile !== file) this.#repeatedOfShape = new Map();
    this.#shapesFile = file;
    const known = this.#repeatedOfShape.get(shape);
    if (known !== undefined) return known;
    const { operation, outcome, chain, kind, entry, opens, untold } = shape;
    const mapped = hasIds && untold !== null ? mappedOf(untold) : null;
    const part = this.#partOf({ source, file, operation, outcome, chain, kind, entry, opens, mapped });
    this.#repeatedOfShape.set(shape, part);
    return part;
  }

  /** Its position among the repeated parts. */
  #partOf(part: RepeatedPart): number {
    const key = JSON.stringify(Object.values(part));
    const known = this.#repeatedOfText.get(key);
    if (known !== undefined) return known;
    const made = this.#repeated.push(part) - 1;
    this.#repeatedOfText.set(key, made);
    return made;
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u001f]/;
const accountColumn = spanColumns.indexOf("account");

const knownMapped = new Map<string, string>();

/** The first half of its SHA-256, in hex. */
export function mappedOf(untold: string): string {
  const known = knownMapped.get(untold);
  if (known !== undefined) return known;
  const made = hash("sha256", untold, "hex").slice(0, mappedDigits);
  if (knownMapped.size >= textsKeptMax) knownMapped.clear();
  knownMapped.set(untold, made);
  return made;
}

type RepeatedSql = Readonly<Record<keyof RepeatedPart, string>>;

function repeatedSql(
  value: (of: (part: RepeatedPart) => string | number | boolean | null) => string,
): RepeatedSql {
  return {
    source: value(({ source }) => source),
    file: value(({ file }) => file),
    operation: value(({ operation }) => operation),
    outcome: value(({ outcome }) => outcome),
    chain: value(({ chain }) => chain),
    kind: value(({ kind }) => kind),
    entry: value(({ entry }) => entry),
    opens: value(({ opens }) => opens),
    mapped: value(({ mapped }) => mapped),
  };
}

function literal(value: string | number | boolean | null): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? sqlText(value) : String(value);
}
