import type { Condition, FieldName, Operation, People, Source } from "./data-map.ts";
import { valueAt } from "./field-path.ts";
import type { LogEvent, Outcome, Unreadable } from "./log-event.ts";
import { idText, isLogRecord, scalarText, type LogRecord, type LogValue } from "./log-value.ts";
import { logTimeUs, timeFlaw } from "./log-time.ts";
import { readPeople, type ReachedPeople } from "./people.ts";
import { toldPaths, untoldValues, type ToldPeople } from "./untold-values.ts";

/** Makes one source's records events. Pure; compiled once for a source. */
export interface Normaliser {
  normalise(record: LogValue): LogEvent | Unreadable;
}

/** The row-wise normaliser of a source: the plain reading of contracts 1, which faster ones must agree with. */
export function compileNormaliser(source: Source): Normaliser {
  const paths = toldPaths(source);
  const suspectFields = [...source.fields].filter(([name]) => name !== "time" && name !== "sequence");
  return {
    normalise(record) {
      if (!isLogRecord(record)) return { unreadable: "the line is no JSON object" };
      const required = readRequired(record, source);
      if ("unreadable" in required) return required;
      const { outcome, people, told } = readOutcome(record, source, required.operation);
      return {
        ...required,
        fields: new Map(suspectFields.map(([name, path]) => [name, scalarText(valueAt(record, path))])),
        chain: source.chainPath === null ? null : scalarText(valueAt(record, source.chainPath)),
        outcome,
        people,
        untold: untoldValues(record, paths, { timeUs: required.timeUs, people: told }),
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

interface ReadOutcome {
  readonly outcome: Outcome;
  readonly people: People | null;
  /** Null: the event's columns do not tell the value that names the people. */
  readonly told: ToldPeople | null;
}

function readOutcome(record: LogRecord, source: Source, operationName: string): ReadOutcome {
  const entries = source.operations.get(operationName);
  const entry =
    entries?.findIndex((candidate) => candidate.when.every((condition) => holds(record, condition))) ?? -1;
  const operation: Operation | undefined = entries?.[entry];
  if (operation?.kind === "ignored") return { outcome: { kind: "ignored" }, people: null, told: null };
  const succeeded = source.succeeded.every((condition) => holds(record, condition));
  if (operation === undefined) {
    const unknown: Outcome = succeeded ? { kind: "unclassified" } : { kind: "refused", names: [] };
    return { outcome: unknown, people: null, told: null };
  }
  const { people } = operation;
  const reached = readPeople(record, people, source.format);
  const outcome: Outcome = succeeded
    ? { kind: "access", entry, operation, effect: operation.effect, ...reached }
    : { kind: "refused", names: reached.names };
  return { outcome, people, told: toldPeople(people, reached, succeeded) };
}

function toldPeople(people: People, reached: ReachedPeople, succeeded: boolean): ToldPeople | null {
  switch (people.kind) {
    case "unknown":
      return null;
    case "account":
      return people.pattern === null && reached.names.length === 1 ? { path: people.path, by: "text" } : null;
    case "accounts":
      return people.pattern === null && !reached.opensStore ? { path: people.path, by: "list" } : null;
    case "rows":
      // A refused attempt keeps no number.
      return succeeded && reached.rows !== null ? { path: people.path, by: "rows" } : null;
  }
}

function holds(record: LogRecord, condition: Condition): boolean {
  const value = valueAt(record, condition.path);
  if (value === undefined || value === null) return condition.values.has(null);
  const text = scalarText(value);
  return text !== null && condition.values.has(text);
}
