import { lineBytesMax, lineTooLong } from "./file-blocks.ts";
import type { Block } from "./file-blocks.ts";
import { wrongInput } from "./wrong-input.ts";

const expected = "CSV as of RFC 4180";

/**
 * Reads CSV (RFC 4180, lines ending in CRLF or LF) block by block and hands on each record with the line on which it
 * begins. Cells are text as they stand. Throws LakeError for a quote out of place, a carriage return alone, a quoted
 * cell that does not end.
 */
export class CsvRecords {
  readonly #file: string;
  readonly #record: (cells: readonly string[], line: number) => void;
  /** The beginning of a record whose quoted cell goes on in the next block. */
  #open: Block | null = null;

  constructor(file: string, record: (cells: readonly string[], line: number) => void) {
    this.#file = file;
    this.#record = record;
  }

  push(block: Block): void {
    const open = this.#open;
    this.#open = null;
    if (open !== null && open.text.length > lineBytesMax) throw lineTooLong(this.#file, open.line);
    this.#read(open === null ? block : { text: open.text + block.text, line: open.line });
  }

  end(): void {
    if (this.#open !== null)
      throw wrongInput(this.#file, this.#open.line, "a quoted cell that does not end", expected);
  }

  #read({ text, line: firstLine }: Block): void {
    let line = firstLine;
    let start = 0;
    while (start < text.length) {
      const feed = text.indexOf("\n", start);
      const lineEnd = feed === -1 ? text.length : feed;
      const record = text.slice(start, lineEnd);
      // Looking for the block's next quote from here would cost a pass over the block for every record.
      if (!record.includes('"')) {
        this.#record(this.#plain(record, line), line);
        start = lineEnd + 1;
        line += 1;
        continue;
      }
      const quoted = this.#quoted(text, start, line);
      if (quoted === null) {
        this.#open = { text: text.slice(start), line };
        return;
      }
      this.#record(quoted.cells, line);
      start = quoted.end;
      line += quoted.lines;
    }
  }

  #plain(record: string, line: number): readonly string[] {
    const text = record.endsWith("\r") ? record.slice(0, -1) : record;
    if (text.includes("\r")) throw wrongInput(this.#file, line, "a carriage return inside a cell", expected);
    return text.split(",");
  }

  /** Null when the text ends inside a quoted cell. */
  #quoted(
    text: string,
    start: number,
    line: number,
  ): { readonly cells: readonly string[]; readonly end: number; readonly lines: number } | null {
    const cells: string[] = [];
    let at = start;
    for (;;) {
      if (text.charAt(at) === '"') {
        let end = text.indexOf('"', at + 1);
        while (end !== -1 && text.charAt(end + 1) === '"') end = text.indexOf('"', end + 2);
        if (end === -1) return null;
        cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
        at = end + 1;
      } else {
        const end = this.#bareEnd(text, at);
        const cell = text.slice(at, end);
        if (cell.includes('"'))
          throw wrongInput(this.#file, line, "a quote inside a cell that is not quoted", expected);
        cells.push(cell);
        at = end;
      }
      const next = text.charAt(at);
      if (next === ",") {
        at += 1;
        continue;
      }
      if (text.startsWith("\r\n", at)) at += 1;
      else if (next !== "\n" && next !== "") {
        throw wrongInput(
          this.#file,
          line,
          next === "\r" ? "a carriage return alone" : "text after a quoted cell",
          expected,
        );
      }
      const end = Math.min(at + 1, text.length);
      return { cells, end, lines: text.slice(start, end).split("\n").length - 1 };
    }
  }

  /** Where a cell without quotes ends: at a comma, a line end or the end of the text. */
  #bareEnd(text: string, start: number): number {
    for (let at = start; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 44 || unit === 10 || unit === 13) return at;
    }
    return text.length;
  }
}
