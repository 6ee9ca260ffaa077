import type { Condition, FieldName, Operation, Source } from "./data-map.ts";
import { valueAt, type FieldPath } from "./field-path.ts";
import type { LogEvent, Outcome, Unreadable } from "./log-event.ts";
import { idText, isLogRecord, scalarText, type LogRecord, type LogValue } from "./log-value.ts";
import { logTimeUs, timeFlaw } from "./log-time.ts";
import { readPeople } from "./people.ts";

/** Makes one source's records events. Pure; compiled once for a source. */
export interface Normaliser {
  normalise(record: LogValue): LogEvent | Unreadable;
}

/** The row-wise normaliser of a source: the plain reading of contracts 1, which faster ones must agree with. */
export function compileNormaliser(source: Source): Normaliser {
  const paths = mappedPaths(source);
  const suspectFields = [...source.fields].filter(([name]) => name !== "time" && name !== "sequence");
  return {
    normalise(record) {
      if (!isLogRecord(record)) return { unreadable: "the line is no JSON object" };
      const required = readRequired(record, source);
      if ("unreadable" in required) return required;
      return {
        ...required,
        fields: new Map(suspectFields.map(([name, path]) => [name, scalarText(valueAt(record, path))])),
        chain: source.chainPath === null ? null : scalarText(valueAt(record, source.chainPath)),
        outcome: readOutcome(record, source, required.operation),
        mappedValues: canonicalValues(record, paths),
      };
    },
  };
}

type RequiredFields = Pick<LogEvent, "timeUs" | "operation" | "id" | "sequence">;

// Nothing is guessed from neighbours: a field that is mapped and missing makes the line unreadable.
function readRequired(record: LogRecord, source: Source): RequiredFields | Unreadable {
  const value = (field: FieldName): LogValue | undefined => {
    const path = source.fields.get(field);
    return path === undefined ? undefined : valueAt(record, path);
  };
  const time = value("time");
  const timeUs = logTimeUs(time, source.format);
  if (timeUs === null) {
    return typeof time === "string" && time !== ""
      ? { unreadable: `its time ${timeFlaw(time)}` }
      : unreadable("time", time);
  }
  const operation = idText(value("operation"));
  if (operation === null) return unreadable("operation", value("operation"));
  const id = idText(value("id"));
  if (id === null && source.fields.has("id")) return unreadable("id", value("id"));
  const sequence = sequenceNumber(value("sequence"));
  if (sequence === null && source.fields.has("sequence")) return unreadable("sequence", value("sequence"));
  return { timeUs, operation, id, sequence };
}

function unreadable(field: FieldName, value: LogValue | undefined): Unreadable {
  return {
    unreadable: `its ${field} is ${value === undefined || value === null || value === "" ? "missing" : "malformed"}`,
  };
}

const int64Max = 2n ** 63n - 1n;

/** A whole number, as JSON number or decimal text, that a signed 64-bit integer holds; else null. */
function sequenceNumber(value: LogValue | undefined): bigint | null {
  let number: bigint;
  if (typeof value === "number" && Number.isSafeInteger(value)) number = BigInt(value);
  else if (typeof value === "bigint") number = value;
  else if (typeof value === "string" && /^(0|-?[1-9]\d{0,18})$/.test(value)) number = BigInt(value);
  else return null;
  return number <= int64Max && number >= -int64Max ? number : null;
}

function readOutcome(record: LogRecord, source: Source, operationName: string): Outcome {
  const entries = source.operations.get(operationName);
  const entry =
    entries?.findIndex((candidate) => candidate.when.every((condition) => holds(record, condition))) ?? -1;
  const operation: Operation | undefined = entries?.[entry];
  if (operation?.kind === "ignored") return { kind: "ignored" };
  const succeeded = source.succeeded.every((condition) => holds(record, condition));
  if (operation === undefined) return succeeded ? { kind: "unclassified" } : { kind: "refused", names: [] };
  const people = readPeople(record, operation.people, source.format);
  if (!succeeded) return { kind: "refused", names: people.names };
  return { kind: "access", entry, operation, effect: operation.effect, ...people };
}

function holds(record: LogRecord, condition: Condition): boolean {
  const value = valueAt(record, condition.path);
  if (value === undefined || value === null) return condition.values.has(null);
  const text = scalarText(value);
  return text !== null && condition.values.has(text);
}

/** The paths whose values tell two events of one id apart: every mapped one but the id's. */
export function mappedPaths(source: Source): readonly FieldPath[] {
  const paths = new Map<string, FieldPath>();
  const add = (path: FieldPath): unknown => paths.set(JSON.stringify(path.keys), path);
  for (const [name, path] of source.fields) if (name !== "id") add(path);
  for (const condition of source.succeeded) add(condition.path);
  for (const operation of [...source.operations.values()].flat()) {
    for (const condition of operation.when) add(condition.path);
    if (operation.kind === "mapped" && operation.people.kind !== "unknown") add(operation.people.path);
  }
  if (source.chainPath !== null) add(source.chainPath);
  return [...paths.values()];
}

/**
 * One text for the values at the paths; an absent value and null differ, the order of an object's keys does not matter.
 * The engine writes a list of JSON texts in the same way.
 */
function canonicalValues(record: LogRecord, paths: readonly FieldPath[]): string {
  const values = paths.map((path) => {
    const value = valueAt(record, path);
    return value === undefined ? "NULL" : canonicalValue(value);
  });
  return `[${values.join(", ")}]`;
}

function canonicalValue(value: LogValue): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isLogRecord(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalValue(value[key] ?? null)}`).join(",")}}`;
  }
  return `[${value.map(canonicalValue).join(",")}]`;
}
