import { isLogRecord, parseLogJson, type LogValue } from "./log-value.ts";

/** One record of a CloudTrail document and the line of the document's text on which it begins, from 1. */
export interface DocumentRecord {
  readonly record: LogValue;
  readonly line: number;
}

/**
 * The records of a CloudTrail file that is one document (`{"Records":[…]}`, on one line or many); null for any other
 * text, which is then a record a line.
 */
export function splitRecords(text: string): readonly DocumentRecord[] | null {
  let document: LogValue;
  try {
    document = parseLogJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (!isLogRecord(document) || !Object.hasOwn(document, "Records")) return null;
  const records: unknown = document["Records"];
  if (!Array.isArray(records)) return null;
  const lines = text.includes("\n") ? recordLines(text) : [];
  return (records as readonly LogValue[]).map((record, index) => ({ record, line: lines[index] ?? 1 }));
}

/** The lines on which the elements of the top-level `Records` begin. The text is valid JSON. */
function recordLines(text: string): number[] {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:\n]|[^\s{}[\],:"]+/g;
  const lines: number[] = [];
  let line = 1;
  let depth = 0;
  let key: string | null = null;
  let expectsRecord = false;
  for (const [part] of text.matchAll(token)) {
    if (part === "\n") {
      line += 1;
      continue;
    }
    const inRecords = depth === 2 && key === '"Records"';
    if (inRecords && expectsRecord && part !== "]") {
      lines.push(line);
      expectsRecord = false;
    }
    if (part === "{" || part === "[") {
      depth += 1;
      // JSON.parse takes the last of two equal keys, so a new list of records begins anew.
      if (depth === 2 && part === "[" && key === '"Records"') {
        lines.length = 0;
        expectsRecord = true;
      }
    } else if (part === "}" || part === "]") depth -= 1;
    else if (part === ",") {
      if (inRecords) expectsRecord = true;
    } else if (depth === 1 && part.startsWith('"')) key = part;
  }
  return lines;
}
