import path from "node:path";

import { sqlPath } from "../directory/engine.ts";
import { restColumns } from "./event-table.ts";
import type { LakePart } from "./lake-manifest.ts";

/** The SQL of the events that lie in a lake's parts. */
export function partsRelation(lakeFolder: string, parts: readonly LakePart[]): string {
  if (parts.length === 0) return noEvents;
  return `read_parquet([${parts.map(({ file }) => sqlPath(path.join(lakeFolder, file))).join(", ")}], hive_partitioning = false)`;
}

const noEvents = `(SELECT ${[
  "NULL::INTEGER AS file",
  "NULL::BIGINT AS line",
  ...restColumns.map(({ name, type }) => `NULL::${type.toString()} AS ${name}`),
].join(", ")} WHERE false)`;
