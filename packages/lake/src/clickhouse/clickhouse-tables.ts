import { eventColumns, type EventColumn } from "@cordon/evidence";

import { clickHouseText } from "./clickhouse-sql.ts";

export const eventsTable = "cordon_events";
/** Manifests, summaries and digest files as text. */
export const lakeTable = "cordon_lake";

interface ColumnTypes {
  /** At rest. */
  readonly table: string;
  /** In a part's Parquet file. */
  readonly parquet: string;
}

const nullableText: ColumnTypes = { table: "Nullable(String)", parquet: "Nullable(String)" };
const fewTexts: ColumnTypes = { table: "LowCardinality(Nullable(String))", parquet: "Nullable(String)" };
const same = (type: string): ColumnTypes => ({ table: type, parquet: type });

const eventTypes: Readonly<Record<EventColumn, ColumnTypes>> = {
  time_us: same("Int64"),
  id: nullableText,
  actor: nullableText,
  address: nullableText,
  session: nullableText,
  operation: { table: "LowCardinality(String)", parquet: "String" },
  outcome: fewTexts,
  number: same("Nullable(Int64)"),
  chain: fewTexts,
  kind: same("UInt8"),
  entry: same("Nullable(Int32)"),
  account: nullableText,
  // An array can't be NULL here, and an empty one says the same: there are no others.
  more: { table: "Array(String)", parquet: "Array(Nullable(String))" },
  people: same("Nullable(Int64)"),
  opens: same("Bool"),
  mapped: same("Nullable(FixedString(16))"),
};

/** Delta and double-delta make what grows in steps small; `time_us` does within an actor. */
const codecs: Partial<Readonly<Record<EventColumn | "file" | "line", string>>> = {
  time_us: "CODEC(Delta, ZSTD)",
  line: "CODEC(Delta, ZSTD)",
  number: "CODEC(Delta, ZSTD)",
};

const placeTypes = { file: "Int32", line: "Int64" } as const;

function columnsSql(): string {
  const column = (name: EventColumn | "file" | "line", type: string): string =>
    `${name} ${type} ${codecs[name] ?? "CODEC(ZSTD)"}`;
  return [
    "source LowCardinality(String)",
    "day Int32",
    "part LowCardinality(String)",
    ...(["file", "line"] as const).map((name) => column(name, placeTypes[name])),
    ...eventColumns.map((name) => column(name, eventTypes[name].table)),
  ].join(",\n  ");
}

/** The tables as one server has them; docs/operate/scale.md says how a cluster has them. */
export function createTablesSql(): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${eventsTable} (\n  ${columnsSql()}\n)
ENGINE = MergeTree PARTITION BY day ORDER BY (source, actor, time_us) SETTINGS allow_nullable_key = 1`,
    `CREATE TABLE IF NOT EXISTS ${lakeTable} (
  publication UInt64,
  kind LowCardinality(String),
  name String,
  body String CODEC(ZSTD)
)
ENGINE = MergeTree ORDER BY (kind, name, publication)`,
  ];
}

/** The INSERT whose body is a part's Parquet file. */
export function insertPartSql({
  source,
  day,
  name,
}: {
  readonly source: string;
  readonly day: number;
  readonly name: string;
}): string {
  const columns = ["file", "line", ...eventColumns];
  const structure = [
    ...Object.entries(placeTypes).map(([column, type]) => `${column} ${type}`),
    ...eventColumns.map((column) => `${column} ${eventTypes[column].parquet}`),
  ].join(", ");
  const selected = columns.map((column) =>
    column === "more" ? "arrayMap(account -> assumeNotNull(account), more)" : column,
  );
  return `INSERT INTO ${eventsTable} (source, day, part, ${columns.join(", ")})
SELECT ${clickHouseText(source)}, ${day}, ${clickHouseText(name)}, ${selected.join(", ")}
FROM input(${clickHouseText(structure)}) FORMAT Parquet`;
}
