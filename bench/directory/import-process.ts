/** Imports a directory, or only rewrites the files as Parquet (the floor). A process of its own: its memory is the import's. */
import { DuckDBInstance } from "@duckdb/node-api";
import { importDirectory, importDirectoryFromPostgres } from "@cordon/lake";
import path from "node:path";

import { peakRssBytes } from "../scope/peak-rss.ts";
import type { PeopleFiles } from "./people.ts";

export type ImportOrder =
  | {
      readonly way: "files";
      readonly files: PeopleFiles;
      readonly lakeFolder: string;
      readonly asOfMs: number;
    }
  | { readonly way: "postgres"; readonly url: string; readonly lakeFolder: string; readonly asOfMs: number }
  | { readonly way: "rewrite"; readonly files: PeopleFiles; readonly intoFolder: string };

export interface ImportFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
  readonly accounts: number | null;
  readonly installations: number | null;
}

async function run(order: ImportOrder): Promise<void> {
  const started = process.hrtime.bigint();
  const state = await carriedOut(order);
  const { user, system } = process.cpuUsage();
  const figures: ImportFigures = {
    seconds: Number(process.hrtime.bigint() - started) / 1e9,
    cpuSeconds: (user + system) / 1e6,
    peakRssBytes: peakRssBytes(),
    accounts: state?.accounts ?? null,
    installations: state?.installations ?? null,
  };
  process.send?.(figures);
  process.disconnect();
}

async function carriedOut(
  order: ImportOrder,
): Promise<{ readonly accounts: number; readonly installations: number } | null> {
  if (order.way === "rewrite") return rewrite(order);
  const { lakeFolder, asOfMs } = order;
  if (order.way === "postgres") {
    const { url } = order;
    const postgres = { url, accounts: { table: "accounts" }, installations: { table: "installations" } };
    return importDirectoryFromPostgres({ lakeFolder, postgres, clock: () => asOfMs });
  }
  const { accounts: accountsFile, installations: installationsFile } = order.files;
  return importDirectory({ lakeFolder, accountsFile, installationsFile, asOfMs });
}

/** Read and written by the same engine, with nothing checked, joined or ordered. */
async function rewrite(order: Extract<ImportOrder, { way: "rewrite" }>): Promise<null> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "2GiB" });
  const connection = await instance.connect();
  for (const file of [order.files.accounts, order.files.installations]) {
    const to = path.join(order.intoFolder, `rewritten-${path.basename(file)}`);
    await connection.run(
      `COPY (FROM '${file}') TO '${to}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
  return null;
}

process.once("message", (order) => {
  void run(order as ImportOrder);
});
