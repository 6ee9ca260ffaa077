import { DuckDBListValue, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import type { DataMap } from "@cordon/evidence";
import { formatInstant } from "@cordon/model";

import { rows } from "../directory/engine.ts";
import { outcomeCodes } from "./event-tables.ts";
import type { Intake } from "./intake.ts";

/** One of the suspects' events, as `--events` lists it. */
export interface SuspectEvent {
  /** Relative to the evidence folder. */
  readonly file: string;
  /** From 1; of a CloudTrail document the line on which the record begins. */
  readonly line: number;
  readonly source: string;
  readonly time: string;
  readonly operation: string;
  readonly outcome: "succeeded" | "refused" | "ignored" | "unclassified";
  /** False when it is only possibly inside the window or only possibly a suspect's. */
  readonly surely: boolean;
  /** What was read; null for everything but a successful access by a classified operation. */
  readonly access: SuspectAccess | null;
}

export interface SuspectAccess {
  readonly store: string;
  readonly effect: "read" | "write" | "delete";
  readonly classes: readonly string[];
  /** The first 100 accounts named, decoys included. */
  readonly accounts: readonly string[];
  readonly accountsNamed: number;
  readonly rows: number | null;
  /** True when whom it reached cannot be told. */
  readonly opensStore: boolean;
}

/** The suspects' events by time, file and line, at most `eventsMax` of them. */
export async function listSuspectEvents(
  connection: DuckDBConnection,
  { map, intake, eventsMax }: { readonly map: DataMap; readonly intake: Intake; readonly eventsMax: number },
): Promise<readonly SuspectEvent[]> {
  const found = await rows(
    connection,
    `SELECT * FROM suspect_events ORDER BY time_us, file, line, operation LIMIT ${Math.trunc(eventsMax)}`,
  );
  return found.map((row) => {
    const source = map.sources[Number(row["source"])];
    const outcome = Number(row["outcome"]);
    return {
      file: intake.fileNames[Number(row["file"])] ?? "",
      line: Number(row["line"]),
      source: source?.name ?? "",
      time: formatInstant(Math.floor(Number(row["time_us"]) / 1000)),
      operation: String(row["operation"]),
      outcome: outcomeName(outcome),
      surely: row["surely"] === true,
      access:
        outcome === outcomeCodes.access
          ? accessOf(row, source?.operations.get(String(row["operation"])))
          : null,
    };
  });
}

function outcomeName(code: number): SuspectEvent["outcome"] {
  if (code === outcomeCodes.access) return "succeeded";
  if (code === outcomeCodes.refused) return "refused";
  return code === outcomeCodes.ignored ? "ignored" : "unclassified";
}

type Entries = ReturnType<DataMap["sources"][number]["operations"]["get"]>;

function accessOf(row: Readonly<Record<string, DuckDBValue>>, entries: Entries): SuspectAccess | null {
  const operation = entries?.[Number(row["entry"])];
  if (operation?.kind !== "mapped") return null;
  const { shown } = row;
  return {
    store: operation.store,
    effect: operation.effect,
    classes: operation.classes,
    accounts: shown instanceof DuckDBListValue ? shown.items.map(String) : [],
    accountsNamed: Number(row["named"]),
    rows: row["people"] === null ? null : Number(row["people"]),
    opensStore: row["opening"] === true,
  };
}
