import { isJsonObject } from "@cordon/model";
import type { Block } from "./file-blocks.ts";
import type { Column, ColumnKind } from "./table-format.ts";
import { excerpt, wrongInput } from "./wrong-input.ts";

interface JsonlColumns {
  readonly columns: readonly Column[];
  /** Keys that every record must have (null is a value). */
  readonly required: readonly string[];
}

/**
 * Reads JSON lines block by block and hands on each record's values as text, in the columns' order; an absent key is null.
 * Blank lines are skipped. Throws LakeError for a line that is no JSON object, an unknown or missing key and a value of
 * another type than its column has: an id is text, so a number there is wrong.
 */
export class JsonlRecords {
  /** The keys that at least one record had, and the required ones. */
  readonly seen: ReadonlySet<string>;
  readonly #seen: Set<string>;
  readonly #file: string;
  readonly #columns: readonly Column[];
  readonly #required: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #record: (values: readonly (string | null)[], line: number) => void;

  constructor(
    file: string,
    { columns, required }: JsonlColumns,
    record: (values: readonly (string | null)[], line: number) => void,
  ) {
    this.#file = file;
    this.#columns = columns;
    this.#required = required;
    this.#seen = new Set(required);
    this.seen = this.#seen;
    this.#indexes = new Map(columns.map((column, index) => [column.name, index]));
    this.#record = record;
  }

  push(block: Block): void {
    let line = block.line;
    for (let start = 0; start < block.text.length; line++) {
      const feed = block.text.indexOf("\n", start);
      const end = feed === -1 ? block.text.length : feed;
      const text = block.text.slice(start, end);
      start = end + 1;
      if (text.trim() !== "") this.#record(this.#values(text, line), line);
    }
  }

  #values(text: string, line: number): readonly (string | null)[] {
    const record = this.#parse(text, line);
    if (!isJsonObject(record))
      throw wrongInput(this.#file, line, `no JSON object: ${excerpt(text)}`, "one JSON object a line");
    const values = new Array<string | null>(this.#columns.length).fill(null);
    for (const [key, value] of Object.entries(record)) {
      const index = this.#indexes.get(key);
      const column = index === undefined ? undefined : this.#columns[index];
      if (index === undefined || column === undefined) {
        const known = this.#columns.map(({ name }) => name).join(", ");
        throw wrongInput(this.#file, line, `unknown column ${excerpt(key)}`, `one of ${known}`);
      }
      this.#seen.add(key);
      if (value === null) continue;
      const read = textOf(column.kind, value);
      if (read === null) {
        const what = `${column.name} is the ${typeof value} ${excerpt(JSON.stringify(value))}`;
        throw wrongInput(this.#file, line, what, column.expected);
      }
      values[index] = read;
    }
    for (const name of this.#required) {
      if (!Object.hasOwn(record, name)) {
        throw wrongInput(this.#file, line, `no column \`${name}\``, `at least ${this.#required.join(", ")}`);
      }
    }
    return values;
  }

  #parse(text: string, line: number): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw wrongInput(this.#file, line, `no JSON: ${excerpt(text)}`, "one JSON object a line");
    }
  }
}

/** A JSON value as the column's text; null when it is of another type. */
function textOf(kind: ColumnKind, value: unknown): string | null {
  switch (kind) {
    case "text":
    case "instant":
      // A lone surrogate (`"\ud800"`) is no text: it has no UTF-8.
      return typeof value === "string" && value.isWellFormed() ? value : null;
    case "flag":
      return typeof value === "boolean" ? String(value) : null;
    case "ordinal":
      return Number.isSafeInteger(value) ? String(value) : null;
  }
}
