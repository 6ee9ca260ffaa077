import { postgresRecord } from "./postgres-record.ts";
import { readPrefix } from "./postgres-prefix.ts";
import { lineIsBlank, recordCharsMax, recordTooLong, type PhysicalLine } from "./physical-line.ts";
import type { AssembledRecord, RecordAssembler } from "./record-assembler.ts";

interface OpenRecord {
  readonly line: number;
  readonly columns: ReadonlyMap<string, string>;
  readonly message: string[];
  chars: number;
}

/** A line that could not be read: the lines that go on from it were told of with it. */
const unreadableRecord = "unreadable";

/**
 * stderr: each record begins with `log_line_prefix`; PostgreSQL puts a tab before the further lines of a message. A line with
 * neither is unreadable: it may be what is left of a record.
 */
export class StderrRecords implements RecordAssembler {
  #open: OpenRecord | typeof unreadableRecord | null = null;

  take({ line, text }: PhysicalLine): readonly AssembledRecord[] {
    const open = this.#open;
    if (open !== null && text.startsWith("\t")) {
      if (open === unreadableRecord) return [];
      open.chars += text.length;
      if (open.chars > recordCharsMax) open.message.length = 0;
      else open.message.push(text.slice(1));
      return [];
    }
    if (lineIsBlank(text)) return [];
    const ended = this.end();
    const prefix = readPrefix(text);
    if ("unreadable" in prefix) {
      this.#open = unreadableRecord;
      return [...ended, { line, unreadable: prefix.unreadable }];
    }
    this.#open = { line, columns: prefix.columns, message: [prefix.message], chars: text.length };
    return ended;
  }

  miss(line: number, unreadable: string): readonly AssembledRecord[] {
    // Whatever the line was, the record before it may have gone on there.
    const begun = this.#open === unreadableRecord ? null : this.#open;
    this.#open = unreadableRecord;
    return [...(begun === null ? [] : [{ line: begun.line, unreadable }]), { line, unreadable }];
  }

  end(): readonly AssembledRecord[] {
    const open = this.#open;
    this.#open = null;
    if (open === null || open === unreadableRecord) return [];
    const { line, columns, message, chars } = open;
    if (chars > recordCharsMax) return [{ line, unreadable: recordTooLong }];
    return [postgresRecord(new Map([...columns, ["message", message.join("\n")]]), line)];
  }
}
