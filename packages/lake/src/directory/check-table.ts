import type { DuckDBConnection } from "@duckdb/node-api";
import { oneNumber, rows } from "./engine.ts";
import type { RawTable } from "./raw-table.ts";
import { accountsMax } from "./table-format.ts";
import type { Column, TableFormat } from "./table-format.ts";
import { excerpt, wrongInput } from "./wrong-input.ts";

/**
 * What DuckDB reads as a time would be more than RFC 3339 (`yesterday`, a date alone, hour 24): the pattern comes first.
 * It takes what the model's `parseLogTimeUs` takes. A fraction is floored to the microsecond.
 */
const rfc3339 =
  "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-9]{2})";

/** SQL for a raw column's value as it is used (instants in microseconds since the epoch); NULL when it is absent or wrong. */
function typed(table: RawTable, { name, kind }: Column): string {
  const raw = table.columns.get(name);
  switch (kind) {
    case "text":
      return raw === undefined ? "CAST(NULL AS VARCHAR)" : name;
    case "flag":
      return raw === undefined
        ? "CAST(NULL AS BOOLEAN)"
        : `CASE ${name} WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case "ordinal":
      if (raw === undefined) return "CAST(NULL AS UINTEGER)";
      return `CASE WHEN regexp_full_match(${name}, '0|[1-9][0-9]{0,9}') THEN try_cast(${name} AS UINTEGER) END`;
    case "instant":
      if (raw === undefined) return "CAST(NULL AS BIGINT)";
      if (raw === "timestamp") return `CASE WHEN isfinite(${name}) THEN epoch_us(${name}) END`;
      return `CASE WHEN regexp_full_match(${name}, '${rfc3339}')
        THEN epoch_us(try_cast(upper(regexp_replace(${name}, '(\\.[0-9]{6})[0-9]+', '\\1')) AS TIMESTAMPTZ)) END`;
  }
}

/** SQL, true where a raw value is wrong. */
function wrong(table: RawTable, column: Column): string {
  const there = `${column.name} IS NOT NULL`;
  const conditions = [`(${there} AND (${typed(table, column)}) IS NULL)`];
  if (column.holds !== undefined) conditions.push(`(${there} AND NOT (${column.holds}))`);
  if (column.filled) conditions.push(`${column.name} IS NULL`);
  return conditions.join(" OR ");
}

/** The checked table as a view: `line` and every column of the format, NULL where the file has none. */
export async function typedView(
  connection: DuckDBConnection,
  { table, format, view }: { readonly table: RawTable; readonly format: TableFormat; readonly view: string },
): Promise<void> {
  const columns = format.columns.map((column) => `${typed(table, column)} AS ${column.name}`);
  await connection.run(`CREATE VIEW ${view} AS SELECT line, ${columns.join(", ")} FROM ${table.relation}`);
}

/** Checks every value of a table. Throws LakeError for the first line that has a wrong one. Answers how many records there are. */
export async function checkValues(
  connection: DuckDBConnection,
  table: RawTable,
  format: TableFormat,
): Promise<number> {
  const columns = format.columns.filter(({ name }) => table.columns.has(name));
  const firsts = columns.map(
    (column) => `min(line) FILTER (WHERE ${wrong(table, column)}) AS ${column.name}`,
  );
  const [row = {}] = await rows(
    connection,
    `SELECT count(*) AS records, ${firsts.join(", ")} FROM ${table.relation}`,
  );
  let first: { readonly line: number; readonly column: Column } | null = null;
  for (const column of columns) {
    const line = row[column.name];
    if (line === null || line === undefined) continue;
    if (first === null || Number(line) < first.line) first = { line: Number(line), column };
  }
  if (first !== null) {
    const { line, column } = first;
    const [found] = await rows(
      connection,
      `SELECT CAST(${column.name} AS VARCHAR) AS value FROM ${table.relation} WHERE line = $1`,
      [BigInt(line)],
    );
    const value = found?.["value"];
    const what = typeof value === "string" ? `${column.name} is ${excerpt(value)}` : `no ${column.name}`;
    throw wrongInput(table.file, line, what, column.expected);
  }
  const records = Number(row["records"]);
  if (records > accountsMax)
    throw wrongInput(table.file, null, `${records} records`, `at most ${accountsMax}`);
  return records;
}

/** Throws LakeError when an account stands twice. */
export async function checkAccountsOnce(
  connection: DuckDBConnection,
  table: RawTable,
  records: number,
): Promise<void> {
  const distinct = await oneNumber(connection, `SELECT count(DISTINCT account_id) FROM ${table.relation}`);
  if (distinct === records) return;
  const [twice] = await rows(
    connection,
    `SELECT account_id, min(line) AS first, min(line, 2)[2] AS second FROM ${table.relation}
     WHERE account_id IN (SELECT account_id FROM ${table.relation} GROUP BY account_id HAVING count(*) > 1 LIMIT 1)
     GROUP BY account_id`,
  );
  const what = `account_id ${excerpt(String(twice?.["account_id"]))} again, as on line ${String(twice?.["first"])}`;
  throw wrongInput(table.file, Number(twice?.["second"]), what, "each account once");
}

/** Throws LakeError when the ordinals of a file that brings its own are not 0 … n − 1, each once. */
export async function checkOrdinalsDense(
  connection: DuckDBConnection,
  table: RawTable,
  records: number,
): Promise<void> {
  if (!table.columns.has("ordinal")) return;
  const relation = table.relation;
  const expected = `0 … ${records - 1}, each once`;
  const [beyond] = await rows(
    connection,
    `SELECT min(line) AS line FROM ${relation} WHERE CAST(ordinal AS UINTEGER) >= ${records}`,
  );
  if (beyond?.["line"] !== null && beyond?.["line"] !== undefined) {
    throw wrongInput(
      table.file,
      Number(beyond["line"]),
      "an ordinal beyond the number of accounts",
      expected,
    );
  }
  const distinct = await oneNumber(
    connection,
    `SELECT count(DISTINCT CAST(ordinal AS UINTEGER)) FROM ${relation}`,
  );
  if (distinct !== records) throw wrongInput(table.file, null, "an ordinal twice", expected);
}
