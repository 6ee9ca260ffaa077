import {
  BIGINT,
  BOOLEAN,
  INTEGER,
  LIST,
  UBIGINT,
  USMALLINT,
  UTINYINT,
  VARCHAR,
  type DuckDBConnection,
} from "@duckdb/node-api";

import { TableWriter } from "./table-writer.ts";

/** How a suspect's event counts. */
export const outcomeCodes = { ignored: 0, refused: 1, unclassified: 2, access: 3 } as const;

/** Where one run's evidence rests while it is asked. Sources are numbered in the order of the map. */
export interface EventTables {
  /** Every raw line's SHA-256, as four big-endian words. */
  readonly lines: TableWriter;
  /** Every readable line's event: two of one key are one event. Time, number and chain only where numbers prove coverage. */
  readonly events: TableWriter;
  /** The suspects' events, surely or possibly inside the window. */
  readonly suspects: TableWriter;
  /** The accounts, decoys left out, that the suspects' events named. */
  readonly names: TableWriter;
  close(): void;
}

const key = [
  { name: "source", type: USMALLINT },
  { name: "key0", type: BIGINT },
  { name: "key1", type: BIGINT },
] as const;

export async function createEventTables(connection: DuckDBConnection): Promise<EventTables> {
  const lines = await TableWriter.create(connection, "lines", [
    { name: "source", type: USMALLINT },
    ...["word0", "word1", "word2", "word3"].map((name) => ({ name, type: UBIGINT })),
  ]);
  const events = await TableWriter.create(connection, "events", [
    ...key,
    { name: "id_key", type: BIGINT },
    { name: "time_us", type: BIGINT },
    { name: "number", type: BIGINT },
    { name: "chain", type: INTEGER },
  ]);
  const suspects = await TableWriter.create(connection, "suspects", [
    ...key,
    { name: "surely", type: BOOLEAN },
    { name: "time_us", type: BIGINT },
    { name: "file", type: INTEGER },
    { name: "line", type: BIGINT },
    { name: "outcome", type: UTINYINT },
    { name: "operation", type: VARCHAR },
    { name: "entry", type: INTEGER },
    { name: "reaching", type: BOOLEAN },
    { name: "opening", type: BOOLEAN },
    { name: "people", type: BIGINT },
    { name: "named", type: BIGINT },
    { name: "shown", type: LIST(VARCHAR) },
  ]);
  const names = await TableWriter.create(connection, "names", [
    { name: "surely", type: BOOLEAN },
    { name: "outcome", type: UTINYINT },
    { name: "effect", type: VARCHAR },
    { name: "account", type: VARCHAR },
  ]);
  return {
    lines,
    events,
    suspects,
    names,
    close() {
      for (const table of [lines, events, suspects, names]) table.close();
    },
  };
}
