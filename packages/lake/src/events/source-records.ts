import { isUtf8 } from "node:buffer";

import {
  isLogRecord,
  parseLogJson,
  splitRecords,
  type DocumentRecord,
  type Format,
  type LogValue,
} from "@cordon/evidence";

import type { EvidenceFile } from "./evidence-files.ts";
import type { RawLine } from "./read-lines.ts";
import { unpackFile } from "../unpack-file.ts";

const mebibyte = 1024 * 1024;

/** Longer lines are unreadable. A CloudTrail file may be one line. */
export const lineBytesMax: Readonly<Record<Format, number>> = {
  jsonl: 16 * mebibyte,
  cloudtrail: 128 * mebibyte,
};

/** A record as it was read, or why it could not be. */
export type ReadRecord =
  | { readonly line: number; readonly record: LogValue }
  | { readonly line: number; readonly unreadable: string };

/** The records of one line: one, or all of a CloudTrail document that stands on it. */
export function recordsOfLine(raw: RawLine, format: Format): readonly ReadRecord[] {
  const { line } = raw;
  const parsed = parseLine(raw, format);
  if (typeof parsed === "object" && "unreadable" in parsed) return [parsed];
  const records = format === "cloudtrail" ? documentRecords(parsed.record) : null;
  return records === null ? [parsed] : records.map((record) => ({ line, record }));
}

function parseLine(
  { line, bytes }: RawLine,
  format: Format,
): (ReadRecord & { readonly record: LogValue }) | { readonly line: number; readonly unreadable: string } {
  if (bytes === null)
    return { line, unreadable: `the line is longer than ${lineBytesMax[format] / mebibyte} MiB` };
  if (!isUtf8(bytes)) return { line, unreadable: "the line is no UTF-8" };
  const parsed = parse(bytes.toString("utf8"));
  return parsed === undefined ? { line, unreadable: "the line is no JSON" } : { line, record: parsed };
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

function documentRecords(value: LogValue): readonly LogValue[] | null {
  if (!isLogRecord(value) || !Object.hasOwn(value, "Records")) return null;
  const records = value["Records"];
  return isList(records) ? records : null;
}

function isList(value: LogValue | undefined): value is readonly LogValue[] {
  return Array.isArray(value);
}

/** True when a file that begins with this line may be one document over many lines. */
export function mayBeginDocument({ bytes }: RawLine): boolean {
  return bytes !== null && parse(bytes.toString("utf8")) === undefined;
}

/** The records of a CloudTrail file that is one document over many lines; null when it is none, or is too large to tell. */
export async function readDocument(file: EvidenceFile): Promise<readonly DocumentRecord[] | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpackFile(file.file)) {
    length += chunk.length;
    if (length > lineBytesMax.cloudtrail) return null;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString("utf8");
  try {
    return splitRecords(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
