import type { Format } from "../data-map.ts";
import { isLogRecord, parseLogJson, type LogRecord, type LogValue } from "../log-value.ts";
import { closeDocument } from "./close-document.ts";

const linesTriedMax = 20;

/** What a file's beginning looks like. */
export interface FormatFinding {
  /** Null when it is no format that a map knows. */
  readonly format: Format | null;
  /** True for one JSON document that holds all records, which can only be read from its beginning. */
  readonly isDocument: boolean;
  /** One clause. */
  readonly why: string;
}

/** Tells the format of a file by the text it begins with; `isWhole` when that is all of it. Pure. */
export function detectFormat(opening: string, isWhole: boolean): FormatFinding {
  const text = opening.startsWith("\uFEFF") ? opening.slice(1) : opening;
  const lines = wholeLines(text, isWhole);
  const first = text.trimStart()[0];
  if (first === undefined) return unknown("nothing but white space");
  const json = first === "{" || first === "[" ? detectJson(text, lines) : null;
  return (
    json ??
    detectPostgres(text, lines) ??
    detectForeign(lines) ??
    detectCsv(lines) ??
    unknown("an unknown format")
  );
}

function unknown(why: string): FormatFinding {
  return { format: null, isDocument: false, why };
}

/** The first lines that are not blank; the last line of a cut text is none. */
function wholeLines(text: string, isWhole: boolean): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  while (lines.length < linesTriedMax && start < text.length) {
    const feed = text.indexOf("\n", start);
    if (feed < 0 && !isWhole) break;
    const line = text.slice(start, feed < 0 ? text.length : feed).replace(/\r$/, "");
    if (line.trim() !== "") lines.push(line);
    if (feed < 0) break;
    start = feed + 1;
  }
  return lines;
}

function detectJson(text: string, lines: readonly string[]): FormatFinding | null {
  const records = lines.map(parse).filter(isLogRecord);
  const [first] = records;
  if (
    first !== undefined &&
    (lines.length > 1 || !holdsRecords(first)) &&
    2 * records.length >= lines.length
  ) {
    return ofRecord(first, {
      isDocument: false,
      count: `${records.length} of its first ${lines.length} lines are JSON objects`,
    });
  }
  const closed = closeDocument(text);
  const document = closed === null ? undefined : parse(closed);
  if (document === undefined) return null;
  const list = recordsOf(document);
  const record = list?.find(isLogRecord);
  if (record === undefined) {
    return isLogRecord(document) && !holdsRecords(document)
      ? ofRecord(document, { isDocument: true, count: "one JSON object over many lines" })
      : unknown("a JSON document without records");
  }
  return ofRecord(record, {
    isDocument: true,
    count: isList(document)
      ? "one JSON list"
      : `one JSON document with ${nameOfRecords(document) ?? "records"}`,
  });
}

function ofRecord(
  record: LogRecord,
  { isDocument, count }: { readonly isDocument: boolean; readonly count: string },
): FormatFinding {
  if ("digestS3Object" in record || ("logFiles" in record && "awsAccountId" in record)) {
    return unknown("a CloudTrail digest file, which proves log files and holds no events");
  }
  if (typeof record["eventName"] === "string" && typeof record["eventSource"] === "string") {
    return count === "one JSON list"
      ? unknown(
          "a JSON list of CloudTrail records, which CloudTrail itself does not write: make it a record a line",
        )
      : { format: "cloudtrail", isDocument, why: `${count}, with CloudTrail's eventName and eventSource` };
  }
  const metadata = record["metadata"];
  if (
    typeof record["class_uid"] === "number" ||
    (isLogRecord(metadata) && typeof record["category_uid"] === "number")
  ) {
    return { format: "ocsf", isDocument, why: `${count}, with OCSF's class_uid` };
  }
  if (!isDocument) return { format: "jsonl", isDocument, why: count };
  return unknown(`${count}: make it a record a line`);
}

function holdsRecords(record: LogRecord): boolean {
  return recordsOf(record) !== null;
}

function nameOfRecords(document: LogValue): string | null {
  if (!isLogRecord(document)) return null;
  return ["Records", "Events"].find((key) => Object.hasOwn(document, key) && isList(document[key])) ?? null;
}

function recordsOf(document: LogValue): readonly LogValue[] | null {
  if (isList(document)) return document;
  const name = nameOfRecords(document);
  const records = name === null || !isLogRecord(document) ? undefined : document[name];
  return isList(records) ? records : null;
}

function isList(value: LogValue | undefined): value is readonly LogValue[] {
  return Array.isArray(value);
}

function parse(text: string): LogValue | undefined {
  try {
    return parseLogJson(text);
  } catch (error) {
    // RangeError: nested more deeply than the parser's stack.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

const csvlogLine = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [A-Z0-9+:-]+,("|\w|,)/i;

function detectPostgres(text: string, lines: readonly string[]): FormatFinding | null {
  const csvlog = lines.filter((line) => csvlogLine.test(line) && line.split(",").length >= 15).length;
  const hasAudit = /AUDIT: +(SESSION|OBJECT),/.test(text);
  if (csvlog > 0) {
    const audit = hasAudit ? "with pgaudit's AUDIT" : "without an AUDIT line in its beginning";
    return { format: "pgaudit", isDocument: false, why: `PostgreSQL's csvlog, ${audit}` };
  }
  if (hasAudit)
    return { format: "pgaudit", isDocument: false, why: "PostgreSQL's stderr log, with pgaudit's AUDIT" };
  const postgres = lines.filter((line) => /\b(LOG|ERROR|FATAL|STATEMENT|DETAIL): {1,2}\S/.test(line)).length;
  return 2 * postgres > lines.length
    ? unknown("a PostgreSQL log without an AUDIT line in its beginning")
    : null;
}

const foreign: readonly (readonly [RegExp, string])[] = [
  [/^\S+ \S+ .{0,200}?\[\d\d\/[A-Z][a-z]{2}\/\d{4}:/, "a web server's access log (combined form)"],
  [
    /^(<\d{1,3}>)?(\d )?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\d{4}-\d\d-\d\dT\S+ \S+ \S+\[?\d*\]?: )/,
    "syslog",
  ],
  [/^(<\d{1,3}>).{0,200}/, "syslog"],
  [/^([\w.@-]{1,60}=("(?:[^"\\]|\\.){0,500}"|[^\s"]{0,500}) ?){3}/, "logfmt (key=value)"],
];

function detectForeign(lines: readonly string[]): FormatFinding | null {
  for (const [pattern, name] of foreign) {
    if (lines.length > 0 && lines.every((line) => pattern.test(line.slice(0, 2_000)))) {
      return unknown(`${name}: make it JSON lines`);
    }
  }
  return null;
}

function detectCsv(lines: readonly string[]): FormatFinding | null {
  const [header, ...others] = lines;
  if (header === undefined) return null;
  const names = cells(header, ",");
  const areNames = names.every((name) => name !== "" && !/^[-+]?\d|^"?\d{4}-\d\d/.test(name));
  if (names.length >= 2 && areNames && new Set(names).size === names.length) {
    const same = others.filter((line) => cells(line, ",").length === names.length).length;
    // Cells may hold line ends, so not every line is a record.
    if (others.length === 0 || 2 * same >= others.length) {
      return {
        format: "csv",
        isDocument: false,
        why: `a header of ${names.length} columns, ${same} of ${others.length} lines with as many cells`,
      };
    }
  }
  for (const [sign, name] of [
    [";", "semicolons"],
    ["\t", "tabs"],
  ] as const) {
    const count = cells(header, sign).length;
    if (count >= 3 && others.every((line) => cells(line, sign).length === count)) {
      return unknown(`a table separated by ${name}: csv is separated by commas`);
    }
  }
  return null;
}

/** The cells of one line, as far as their number and plain text go. */
function cells(line: string, separator: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= line.length; at += 1) {
    if (line[at] === '"') isQuoted = !isQuoted;
    else if (at === line.length || (line[at] === separator && !isQuoted)) {
      found.push(line.slice(start, at).trim().replace(/^"|"$/g, ""));
      start = at + 1;
    }
  }
  return found;
}
