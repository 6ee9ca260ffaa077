import path from "node:path";

import { sqlPath } from "../directory/engine.ts";
import { restColumns } from "./event-table.ts";
import type { LakePart } from "./lake-manifest.ts";

/** The SQL of the events that lie in a lake's parts. */
export function partsRelation(lakeFolder: string, parts: readonly LakePart[]): string {
  if (parts.length === 0) return noEvents;
  return `read_parquet([${parts.map(({ file }) => sqlPath(path.join(lakeFolder, file))).join(", ")}], hive_partitioning = false)`;
}

/** The SQL of the hashes of a source's lines. */
export function linesRelation(lakeFolder: string, files: readonly string[]): string {
  if (files.length === 0) return "(SELECT 0 AS bucket, ''::BLOB AS hash WHERE false)";
  return `read_parquet([${files.map((file) => sqlPath(path.join(lakeFolder, file))).join(", ")}], hive_partitioning = false)`;
}

const noEvents = `(SELECT ${[
  "NULL::INTEGER AS file",
  "NULL::BIGINT AS line",
  ...restColumns.map(({ name, type }) => `NULL::${type.toString()} AS ${name}`),
].join(", ")} WHERE false)`;
