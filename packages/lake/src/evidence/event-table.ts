import {
  BIGINT,
  BLOB,
  BOOLEAN,
  INTEGER,
  LIST,
  USMALLINT,
  UTINYINT,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
} from "@duckdb/node-api";
import { eventColumns, type EventColumn } from "@cordon/evidence";

import type { Column } from "./table-writer.ts";

const eventTypes: Readonly<Record<EventColumn, DuckDBType>> = {
  time_us: BIGINT,
  id: VARCHAR,
  actor: VARCHAR,
  address: VARCHAR,
  session: VARCHAR,
  operation: VARCHAR,
  outcome: VARCHAR,
  number: BIGINT,
  chain: VARCHAR,
  kind: UTINYINT,
  entry: INTEGER,
  account: VARCHAR,
  more: LIST(VARCHAR),
  people: BIGINT,
  opens: BOOLEAN,
  mapped: BLOB,
};

/** What a row of the batch is besides its event: its source's number in the map, its file's number and its line. */
const placeColumns: readonly Column[] = [
  { name: "source", type: USMALLINT },
  { name: "file", type: INTEGER },
  { name: "line", type: BIGINT },
];
/** What events have at rest. */
export const restColumns: readonly Column[] = eventColumns.map((name) => ({ name, type: eventTypes[name] }));
/** What the events of a batch have. */
export const batchColumns: readonly Column[] = [...placeColumns, ...restColumns];

export async function createTable(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
): Promise<void> {
  const definitions = columns.map((column) => `${column.name} ${column.type.toString()}`).join(", ");
  await connection.run(`CREATE TABLE ${table} (${definitions})`);
}

const dayUs = 86_400_000_000;
/** The day of an event, in days since the epoch. Whole numbers of this size are exact in a double. */
export const daySql = `CAST(floor(time_us / ${dayUs}.0) AS INTEGER)`;
