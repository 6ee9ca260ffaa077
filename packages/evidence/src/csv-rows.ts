import { lineIsBlank, recordCharsMax, recordTooLong, type PhysicalLine } from "./physical-line.ts";

/** One record of a CSV text and the line on which it begins. */
export type CsvRow =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly unreadable: string };

/** A record whose quoted cell goes on in the next line. */
interface OpenRow {
  readonly line: number;
  readonly cells: string[];
  /** The open cell so far; quotes already single. */
  readonly parts: string[];
  chars: number;
}

/**
 * Cuts lines into CSV records (RFC 4180, lines ending in CRLF or LF). Cells are text as they stand, line ends inside
 * quotes too; blank lines outside quotes are no records. A record with a quote or a carriage return out of place ends with its line.
 * One that is too long is followed to its end, so that nothing inside its quotes is taken for records.
 */
export class CsvRows {
  #open: OpenRow | null = null;

  /** Null when the line ends no record. */
  take({ line, text, ending }: PhysicalLine): CsvRow | null {
    const open = this.#open;
    if (open === null) {
      if (lineIsBlank(text)) return null;
      // The carriage return of a last line whose line feed is missing.
      const whole = ending === "" && text.endsWith("\r") ? text.slice(0, -1) : text;
      if (!whole.includes('"')) return plainRow(line, whole);
      return this.#cut({ line, cells: [], parts: [], chars: 0 }, whole, ending, { at: 0, quoted: false });
    }
    return this.#cut(open, text, ending, { at: 0, quoted: true });
  }

  /** A line whose text cannot be had ends the record that it is part of. */
  miss(line: number, unreadable: string): CsvRow {
    const begun = this.#open?.line ?? line;
    this.#open = null;
    return { line: begun, unreadable };
  }

  end(): CsvRow | null {
    return this.#open === null ? null : this.miss(0, "a quoted cell does not end");
  }

  #cut(
    row: OpenRow,
    text: string,
    ending: PhysicalLine["ending"],
    start: { readonly at: number; readonly quoted: boolean },
  ): CsvRow | null {
    let { at, quoted } = start;
    row.chars += text.length + ending.length;
    this.#open = null;
    const unreadable = (what: string): CsvRow => ({ line: row.line, unreadable: what });
    for (;;) {
      if (!quoted && text.charAt(at) === '"') {
        quoted = true;
        at += 1;
      }
      if (quoted) {
        const end = closingQuote(text, at);
        row.parts.push(text.slice(at, end === -1 ? text.length : end).replaceAll('""', '"'));
        if (end === -1) {
          row.parts.push(ending);
          if (row.chars > recordCharsMax) row.cells.length = row.parts.length = 0;
          this.#open = row;
          return null;
        }
        quoted = false;
        at = end + 1;
        row.cells.push(row.parts.join(""));
        row.parts.length = 0;
        if (at < text.length && text.charAt(at) !== ",") {
          if (text.charAt(at) === "\r") {
            if (ending !== "" || at + 1 < text.length) return unreadable("a carriage return stands alone");
            at += 1;
          } else return unreadable("text follows a quoted cell");
        }
      } else {
        const comma = text.indexOf(",", at);
        const cell = text.slice(at, comma === -1 ? text.length : comma);
        if (cell.includes('"')) return unreadable("a quote stands inside a cell that is not quoted");
        if (cell.includes("\r")) return unreadable("a carriage return stands alone");
        row.cells.push(cell);
        at += cell.length;
      }
      if (at === text.length) {
        return row.chars > recordCharsMax ? unreadable(recordTooLong) : { line: row.line, cells: row.cells };
      }
      at += 1;
    }
  }
}

function plainRow(line: number, text: string): CsvRow {
  if (text.includes("\r")) return { line, unreadable: "a carriage return stands alone" };
  return { line, cells: text.split(",") };
}

/** Where the quote stands that ends a cell whose text goes on at `from`; -1 when it does not end here. */
function closingQuote(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end !== -1 && text.charAt(end + 1) === '"') end = text.indexOf('"', end + 2);
  return end;
}
