import { JsonDocument, type DocumentElement } from "./json-document.ts";
import { parseRecord } from "./json-lines.ts";
import { isLogRecord, type LogRecord, type LogValue } from "./log-value.ts";
import { lineIsBlank, recordCharsMax, recordTooLong, type PhysicalLine } from "./physical-line.ts";
import type { AssembledRecord, RecordAssembler } from "./record-assembler.ts";

type DocumentFormat = "cloudtrail" | "ocsf";

const listKeys: Readonly<Record<DocumentFormat, readonly string[]>> = {
  cloudtrail: ["Records"],
  ocsf: ["Records", "Events"],
};

/** A list in a document may hold documents: so many lists are entered. */
const listsMax = 2;

/**
 * JSON files of services: a record a line, documents that list records (`{"Records":[…]}` or a list at the root), one a line
 * or over many lines, and single records over many lines; any of them one after the other in one file.
 */
export function assembleDocuments(format: DocumentFormat): RecordAssembler {
  return new DocumentRecords(format);
}

interface OpenDocument {
  readonly document: JsonDocument;
  /** Its lines; null once a record of it was handed on or they are too many to be kept. */
  held: PhysicalLine[] | null;
  heldChars: number;
  lastLine: number;
}

class DocumentRecords implements RecordAssembler {
  readonly #format: DocumentFormat;
  #open: OpenDocument | null = null;

  constructor(format: DocumentFormat) {
    this.#format = format;
  }

  take(line: PhysicalLine): readonly AssembledRecord[] {
    const records: AssembledRecord[] = [];
    this.#take(line, records);
    return records;
  }

  miss(line: number, unreadable: string): readonly AssembledRecord[] {
    return [...this.end(), { line, unreadable }];
  }

  end(): readonly AssembledRecord[] {
    const records: AssembledRecord[] = [];
    for (let open = this.#open; open !== null; open = this.#open) {
      this.#open = null;
      if (open.held === null)
        records.push({ line: open.lastLine, unreadable: "the document ends in the middle" });
      else this.#takeSingly(open.held, records);
    }
    return records;
  }

  #take(line: PhysicalLine, records: AssembledRecord[]): void {
    const open = this.#open;
    if (open === null) {
      this.#takeFresh(line, records);
      return;
    }
    if (this.#goOn(open, line, records)) return;
    this.#open = null;
    if (open.held !== null) {
      this.#takeSingly([...open.held, line], records);
      return;
    }
    const before = records.length;
    this.#takeFresh(line, records);
    if (!records.slice(before).some((record) => "unreadable" in record))
      records.push({ line: line.line, unreadable: "the document before this line ends in the middle" });
  }

  /** A line outside any document: a value by itself, or the first line of a document. */
  #takeFresh(line: PhysicalLine, records: AssembledRecord[]): void {
    if (lineIsBlank(line.text)) return;
    const parsed = parseRecord(line.text, line.line, "the line");
    if ("record" in parsed) {
      for (const record of recordsIn(parsed.record, line.line, this.#format)) records.push(record);
      return;
    }
    const document = new JsonDocument(listKeys[this.#format]);
    if (
      /^[ \t]*[[{]/.test(line.text) &&
      this.#goOn({ document, held: [], heldChars: 0, lastLine: 0 }, line, records)
    )
      return;
    records.push(parsed);
  }

  /** False when the line cannot be a part of the document. */
  #goOn(open: OpenDocument, line: PhysicalLine, records: AssembledRecord[]): boolean {
    const ended = open.document.take(line.text, line.line);
    if (ended === null) return false;
    open.lastLine = line.line;
    open.heldChars += line.text.length;
    if (ended.length > 0 || open.heldChars > recordCharsMax) open.held = null;
    open.held?.push(line);
    for (const element of ended) {
      for (const record of this.#recordsOf(element)) records.push(record);
    }
    this.#open = open.document.isDone ? null : open;
    return true;
  }

  /** Lines that turned out to be no document. The first is a line by itself; the next may begin a document. */
  #takeSingly(lines: readonly PhysicalLine[], records: AssembledRecord[]): void {
    const [first, ...others] = lines;
    if (first !== undefined) records.push(parseRecord(first.text, first.line, "the line"));
    for (const line of others) this.#take(line, records);
  }

  #recordsOf({ line, text }: DocumentElement): readonly AssembledRecord[] {
    if (text === null) return [{ line, unreadable: recordTooLong }];
    const parsed = parseRecord(text, line, "the record");
    return "record" in parsed ? recordsIn(parsed.record, line, this.#format) : [parsed];
  }
}

/** The records that a value is or lists. */
function recordsIn(
  value: LogValue,
  line: number,
  format: DocumentFormat,
  lists = 0,
): readonly AssembledRecord[] {
  if (isLogRecord(value)) {
    if (format === "cloudtrail" && isNoEvent(value)) return [];
    const listed = listKeys[format].map((key) => ownValue(value, key)).filter(isList);
    if (lists === listsMax || listed.length === 0) return [{ line, record: value }];
    return listed.flat().flatMap((record) => recordsIn(record, line, format, lists + 1));
  }
  if (!isList(value) || lists > 0) return [{ line, record: value }];
  return value.flatMap((record) => recordsIn(record, line, format, lists + 1));
}

/** What CloudTrail files beside events: digests, and insights, which speak of a rate of calls and name no event. */
function isNoEvent(value: LogRecord): boolean {
  if (ownValue(value, "eventName") !== undefined) return false;
  const isDigest = ownValue(value, "digestStartTime") !== undefined && isList(ownValue(value, "logFiles"));
  return isDigest || isLogRecord(ownValue(value, "insightDetails"));
}

function ownValue(record: LogRecord, key: string): LogValue | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function isList(value: LogValue | undefined): value is readonly LogValue[] {
  return Array.isArray(value);
}
