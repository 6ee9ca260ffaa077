import type { Source } from "./data-map.ts";
import { valueAt, type FieldPath } from "./field-path.ts";
import { isLogRecord, type LogRecord, type LogValue } from "./log-value.ts";
import { mappedPaths } from "./mapped-paths.ts";

/** Whether an event tells the value at a mapped path by itself, whatever it means. */
interface ToldPath {
  readonly path: FieldPath;
  /** The value's text is a field of the event. */
  readonly isField: boolean;
  readonly isTime: boolean;
}

/** The value at a path is told by the accounts that the event names (a text or a list of them), or by its number of people. */
export interface ToldPeople {
  readonly path: FieldPath;
  readonly by: "text" | "list" | "rows";
}

interface Told {
  readonly timeUs: number;
  readonly people: ToldPeople | null;
}

/** The mapped paths of a source, in the order in which `untoldValues` goes through them. */
export function toldPaths(source: Source): readonly ToldPath[] {
  const key = ({ keys }: FieldPath): string => JSON.stringify(keys);
  const time = source.fields.get("time");
  const fields = new Set([...source.fields].flatMap(([name, path]) => (name === "time" ? [] : [key(path)])));
  if (source.chainPath !== null) fields.add(key(source.chainPath));
  return mappedPaths(source).map((path) => ({
    path,
    isField: fields.has(key(path)),
    isTime: time !== undefined && key(time) === key(path),
  }));
}

/**
 * What an event's columns leave open of the values at its source's mapped paths: two lines of one id are one event when their
 * columns and these texts are the same. For each path a letter for what stands there, and the value itself where no
 * column tells it.
 */
export function untoldValues(record: LogRecord, paths: readonly ToldPath[], told: Told): readonly string[] {
  return paths.map((path) => untoldSign(valueAt(record, path.path), path, told));
}

function untoldSign(
  value: LogValue | undefined,
  { path, isField, isTime }: ToldPath,
  { timeUs, people }: Told,
): string {
  if (value === undefined) return "a";
  if (value === null) return "z";
  if (typeof value === "boolean") return value ? "t" : "f";
  const by = people !== null && sameKeys(people.path, path) ? people.by : null;
  if (typeof value === "string") {
    const sign = isTime ? plainTimeSign(value) : null;
    if (sign !== null) return sign;
    const isTold = value.isWellFormed() && (isField || (by === "text" && value !== ""));
    return isTold ? "s" : `s${JSON.stringify(value)}`;
  }
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) {
    const isTold = isField || by === "text" || by === "rows" || (isTime && Number(value) * 1000 === timeUs);
    return isTold ? "n" : `n${value}`;
  }
  return by === "list" && isList(value) && isPlainList(value) ? "l" : `x${canonicalValue(value)}`;
}

/** For a list of distinct ids: the event's accounts tell it. */
function isPlainList(value: readonly LogValue[]): boolean {
  return (
    value.every((item) => typeof item === "string" && item !== "" && item.isWellFormed()) &&
    new Set(value).size === value.length
  );
}

/**
 * Of `YYYY-MM-DDTHH:MM:SS` with up to six digits and `Z`, which the instant tells: how many digits. Null for other notations
 * and for years whose microseconds a double does not hold.
 */
function plainTimeSign(text: string): string | null {
  if (text >= "2200") return null;
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,6}))?Z$/.exec(text);
  return match === null ? null : `i${match[1]?.length ?? 0}`;
}

function sameKeys(a: FieldPath, b: FieldPath): boolean {
  return a.keys.length === b.keys.length && a.keys.every((key, index) => key === b.keys[index]);
}

function isList(value: LogValue): value is readonly LogValue[] {
  return Array.isArray(value);
}

/** The order of an object's keys does not matter. */
function canonicalValue(value: LogValue): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isLogRecord(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalValue(value[key] ?? null)}`).join(",")}}`;
  }
  return `[${value.map(canonicalValue).join(",")}]`;
}
