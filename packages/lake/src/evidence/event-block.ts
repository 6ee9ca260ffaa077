import { hash } from "node:crypto";

import { BOOLEAN, INTEGER, LIST, VARCHAR, type DuckDBPreparedStatement } from "@duckdb/node-api";
import { eventKinds, spanColumns, type LineReader, type LineShape, type LogEvent } from "@cordon/evidence";

import { TextColumn } from "./text-column.ts";

/** How much of the SHA-256 over what the columns leave untold is kept. */
const mappedDigits = 32;
const textsKeptMax = 4096;

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
  readonly #parts = new TextColumn(1 << 16);
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
    this.#parts.addWhole(this.#partOfShape(place, shape));
    this.#rows += 1;
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
    if (texts.some((text) => text !== null && controls.test(text))) return false;
    this.#addPlace(line);
    this.#times.addText(String(event.timeUs));
    for (const [column, text] of texts.entries()) {
      if (text === null) this.#spans[column]?.addNull();
      else this.#spans[column]?.addText(text);
    }
    this.#addMore(names);
    const mapped = place.hasIds ? mappedOf(event.untold.join(",")) : null;
    this.#addMapped(mapped);
    this.#parts.addWhole(
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
    this.#rows += 1;
    return true;
  }

  /** The query that puts such a block into a batch's table: one of a few for each table. */
  insertSql(table: string): string {
    return insertSql(table, {
      lines: !this.#linesFollow,
      more: this.#more.isUsed,
      mapped: this.#mapped.isUsed,
    });
  }

  bind(prepared: DuckDBPreparedStatement): void {
    const columns = [this.#times, ...this.#spans, this.#parts];
    if (this.#more.isUsed) columns.push(this.#more);
    if (this.#mapped.isUsed) columns.push(this.#mapped);
    let index = 0;
    if (this.#linesFollow) {
      prepared.bindBigInt((index += 1), BigInt(this.#firstLine));
      prepared.bindBigInt((index += 1), BigInt(this.#firstLine + this.#rows));
    } else columns.unshift(this.#lines);
    for (const column of columns) prepared.bindBlob((index += 1), column.bytes);
    const texts = (of: (part: RepeatedPart) => string | null): void => {
      prepared.bindList((index += 1), this.#repeated.map(of), LIST(VARCHAR));
    };
    const numbers = (of: (part: RepeatedPart) => number | null): void => {
      prepared.bindList((index += 1), this.#repeated.map(of), LIST(INTEGER));
    };
    numbers(({ source }) => source);
    numbers(({ file }) => file);
    texts(({ operation }) => operation);
    texts(({ outcome }) => outcome);
    texts(({ chain }) => chain);
    numbers(({ kind }) => kind);
    numbers(({ entry }) => entry);
    prepared.bindList(
      (index += 1),
      this.#repeated.map(({ opens }) => opens),
      LIST(BOOLEAN),
    );
    texts(({ mapped }) => mapped);
  }

  #columns(): readonly TextColumn[] {
    return [this.#lines, this.#times, ...this.#spans, this.#more, this.#mapped, this.#parts];
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

  /** Its position from 1, as the engine counts. */
  #partOf(part: RepeatedPart): number {
    const key = JSON.stringify(Object.values(part));
    const known = this.#repeatedOfText.get(key);
    if (known !== undefined) return known;
    const made = this.#repeated.push(part);
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

function insertSql(
  table: string,
  has: { readonly lines: boolean; readonly more: boolean; readonly mapped: boolean },
): string {
  let index = 0;
  const next = (): string => `$${(index += 1)}`;
  const column = (name: string): string =>
    `unnest(string_split(decode(${next()}::BLOB), chr(10))) AS ${name}`;
  const columns = [
    has.lines ? column("line") : `unnest(range(${next()}::BIGINT, ${next()}::BIGINT)) AS line`,
    ...["time_us", ...spanColumns, "part"].map(column),
  ];
  if (has.more) columns.push(column("more"));
  if (has.mapped) columns.push(column("mapped"));
  const list = (): string => `${next()}[part]`;
  const text = (name: string): string => `nullif(${name}, chr(1))`;
  const repeated = {
    source: list(),
    file: list(),
    operation: list(),
    outcome: list(),
    chain: list(),
    kind: list(),
    entry: list(),
    opens: list(),
    mapped: list(),
  };
  const mapped = has.mapped ? `coalesce(${text("mapped")}, ${repeated.mapped})` : repeated.mapped;
  return `INSERT INTO ${table} SELECT ${repeated.source}, ${repeated.file}, line::BIGINT, time_us::BIGINT, ${text("id")}, ${text("actor")},
    ${text("address")}, ${text("session")}, ${repeated.operation}, ${repeated.outcome}, TRY_CAST(${text("number")} AS BIGINT), ${repeated.chain},
    ${repeated.kind}, ${repeated.entry}, ${text("account")}, ${has.more ? `from_json(${text("more")}, '["VARCHAR"]')` : "NULL"},
    TRY_CAST(${text("people")} AS BIGINT), ${repeated.opens}, unhex(${mapped})
    FROM (SELECT * REPLACE (part::INTEGER AS part) FROM (SELECT ${columns.join(", ")}))`;
}
