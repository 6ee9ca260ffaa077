import { parseFirstKeyJson } from "./first-key-json.ts";

/**
 * What a log record holds: JSON, with integers beyond 2^53 kept as bigint, because JSON numbers serve as account ids
 * and two neighbours must not become one.
 */
export type LogValue = null | boolean | number | bigint | string | readonly LogValue[] | LogRecord;
export interface LogRecord {
  readonly [key: string]: LogValue;
}

/** Throws a SyntaxError when `text` is not one JSON value, a RangeError when it is nested too deeply. */
export function parseLogJson(text: string): LogValue {
  // Checks first: the reader below takes whatever it is given.
  JSON.parse(text);
  return parseFirstKeyJson(text);
}

/** True for an object; false for null, lists and scalars. */
export function isLogRecord(value: LogValue | undefined): value is LogRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A scalar as text: strings as they stand, numbers as their shortest decimal text, booleans as `true` and `false`.
 * Null for everything that is no scalar, and for text that is no Unicode (a lone surrogate would merge with others
 * once it is written as UTF-8).
 */
export function scalarText(value: LogValue | undefined): string | null {
  if (typeof value === "string") return value.isWellFormed() ? value : null;
  if (typeof value === "number") return decimalText(value);
  return typeof value === "bigint" || typeof value === "boolean" ? String(value) : null;
}

/** As scalarText, but only for what can be an id: non-empty text or a number. */
export function idText(value: LogValue | undefined): string | null {
  if (typeof value === "boolean") return null;
  const text = scalarText(value);
  return text === "" ? null : text;
}

/** The shortest decimal text of a number that reads back as it: `1e21` is written out, `-0` is `0`. */
function decimalText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value);
}
