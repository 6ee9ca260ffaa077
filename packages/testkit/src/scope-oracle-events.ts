import {
  instantUs,
  oneOrMore,
  operationsOf,
  type OracleConditions,
  type OracleOperation,
  type OraclePeople,
  type OracleProof,
  type OracleSource,
} from "./scope-oracle-map.ts";
import { at, isRecord, recordsOf, type OracleRecord } from "./scope-oracle-records.ts";

/** What one event says. */
export interface OracleEvent {
  readonly atUs: number;
  /** Null where the map names no id: then every line is an event. */
  readonly id: string | null;
  readonly operation: string;
  /** By field, what a suspect may be known by. */
  readonly fields: Readonly<Record<string, string | null>>;
  readonly number: bigint | null;
  readonly chain: string;
  /** `ignored` and `unmapped` for what the map ignores and does not know. */
  readonly kind: "ignored" | "unmapped" | "mapped";
  readonly succeeded: boolean;
  readonly store: string | null;
  readonly classes: readonly string[];
  readonly effect: string;
  /** The accounts named; decoys among them. */
  readonly names: readonly string[];
  readonly rows: number;
  /** True when the record does not tell whom it reached. */
  readonly opensStore: boolean;
}

export interface OracleReading {
  readonly events: readonly OracleEvent[];
  /** The times of all readable lines. */
  readonly times: readonly number[];
  readonly duplicates: number;
  readonly rejected: number;
}

/** All that one source's files say. */
export function readSource(source: OracleSource, texts: readonly string[]): OracleReading {
  const events = new Map<string, OracleEvent>();
  const times: number[] = [];
  let readable = 0;
  let rejected = 0;
  for (const record of texts.flatMap((text) => recordsOf(source.format, text))) {
    const event = eventOf(source, record);
    if (event === null || record === null) {
      rejected += 1;
      continue;
    }
    readable += 1;
    times.push(event.atUs);
    // "Lines of one source with the same id are one event when the values at all mapped paths agree."
    const key =
      event.id === null
        ? String(readable)
        : canonical([event.id, ...mappedPaths(source).map((path) => at(record, path))]);
    events.set(key, event);
  }
  return { events: [...events.values()], times, duplicates: readable - events.size, rejected };
}

function eventOf(source: OracleSource, record: OracleRecord): OracleEvent | null {
  if (record === null) return null;
  const field = (name: string): unknown => {
    const path = source.fields[name];
    return path === undefined ? undefined : at(record, path);
  };
  const atUs = source.format === "ocsf" ? millisecondsUs(field("time")) : instantUs(field("time"));
  const operation = idOf(field("operation"));
  const id = idOf(field("id"));
  const number = numberOf(field("sequence"));
  if (atUs === null || operation === null) return null;
  if (source.fields["id"] !== undefined && id === null) return null;
  if (source.fields["sequence"] !== undefined && number === null) return null;
  const per = chainPath(source);
  return {
    atUs,
    id: source.fields["id"] === undefined ? null : id,
    operation,
    fields: Object.fromEntries(Object.keys(source.fields).map((name) => [name, textOf(field(name))])),
    number,
    chain: per === null ? "" : (textOf(at(record, per)) ?? ""),
    ...meaningOf(source, record, operation),
  };
}

type Meaning = Pick<
  OracleEvent,
  "kind" | "succeeded" | "store" | "classes" | "effect" | "names" | "rows" | "opensStore"
>;

function meaningOf(source: OracleSource, record: OracleRecord, name: string): Meaning {
  const entries = Object.hasOwn(source.operations ?? {}, name) ? oneOrMore(source.operations?.[name]) : [];
  // "The first that fits counts."
  const operation = entries.find(({ when }) => holdAll(record, when ?? {}));
  const nothing = { classes: [], effect: "", names: [], rows: 0, opensStore: false };
  const succeeded = holdAll(record, source.succeeded ?? {});
  if (operation === undefined)
    return { kind: "unmapped", succeeded, store: source.store ?? null, ...nothing };
  if (operation.ignore === true) return { kind: "ignored", succeeded, store: null, ...nothing };
  return {
    kind: "mapped",
    succeeded,
    store: operation.store ?? source.store ?? null,
    classes: operation.classes ?? [],
    effect: operation.effect ?? "read",
    ...peopleOf(source, record, operation),
  };
}

function peopleOf(
  source: OracleSource,
  record: OracleRecord,
  { account, accounts, rows }: OracleOperation,
): Pick<OracleEvent, "names" | "rows" | "opensStore"> {
  const unknown = { names: [], rows: 0, opensStore: true };
  const isText = source.format === "csv" || source.format === "pgaudit";
  if (account !== undefined) {
    const name = accountOf(account, valueOf(record, account));
    return name === null ? unknown : { ...unknown, names: [name], opensStore: false };
  }
  if (accounts !== undefined) {
    const cell = valueOf(record, accounts);
    const list = isText && typeof cell === "string" ? listIn(cell) : cell;
    if (!Array.isArray(list)) return unknown;
    const names = list.map((item: unknown) => accountOf(accounts, item));
    return {
      ...unknown,
      names: [...new Set(names.filter((name) => name !== null))],
      opensStore: names.includes(null),
    };
  }
  if (rows !== undefined) {
    const cell = at(record, rows);
    const count = isText && typeof cell === "string" && /^\d+$/.test(cell) ? Number(cell) : cell;
    return typeof count === "number" && Number.isInteger(count) && count >= 0
      ? { ...unknown, rows: count, opensStore: false }
      : unknown;
  }
  return unknown;
}

function valueOf(record: OracleRecord, people: OraclePeople): unknown {
  return at(record, typeof people === "string" ? people : people.path);
}

function accountOf(people: OraclePeople, value: unknown): string | null {
  const id = idOf(value);
  if (id === null || typeof people === "string") return id;
  const account = new RegExp(people.pattern, "u").exec(id)?.groups?.["account"];
  return account === undefined || account === "" ? null : account;
}

/** "A list of ids is a JSON array in the cell." */
function listIn(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return null;
  }
}

/** "All must hold, `null` in a list means absent." */
function holdAll(record: OracleRecord, conditions: OracleConditions): boolean {
  return Object.entries(conditions).every(([path, wanted]) => {
    const value = at(record, path);
    const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    if (value === undefined || value === null) return values.includes(null);
    return values.some((one) => one !== null && textOf(one) === textOf(value) && textOf(value) !== null);
  });
}

/** A scalar as text; null for everything else. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function idOf(value: unknown): string | null {
  return value === "" || typeof value === "boolean" ? null : textOf(value);
}

function numberOf(value: unknown): bigint | null {
  const text = typeof value === "boolean" ? null : textOf(value);
  return text !== null && /^(?:0|-?[1-9]\d*)$/.test(text) ? BigInt(text) : null;
}

function millisecondsUs(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value * 1000 : null;
}

function proofsOf(source: OracleSource): readonly (string | OracleProof)[] {
  return oneOrMore(source.coverage).map(({ proof }) => proof ?? "");
}

function chainPath(source: OracleSource): string | null {
  for (const proof of proofsOf(source)) {
    if (typeof proof === "object" && proof.sequence !== undefined) return proof.sequence.per;
  }
  return null;
}

function mappedPaths(source: OracleSource): readonly string[] {
  const people = (value: OraclePeople | undefined): readonly string[] =>
    value === undefined ? [] : [typeof value === "string" ? value : value.path];
  const operations = operationsOf(source).flatMap(({ when, account, accounts, rows }) => [
    ...Object.keys(when ?? {}),
    ...people(account),
    ...people(accounts),
    ...people(rows),
  ]);
  const chain = chainPath(source);
  return [
    ...Object.entries(source.fields).flatMap(([name, path]) => (name === "id" ? [] : [path])),
    ...Object.keys(source.succeeded ?? {}),
    ...operations,
    ...(chain === null ? [] : [chain]),
  ];
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part === undefined) return { absent: true };
    if (!isRecord(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
