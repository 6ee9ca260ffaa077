import type { DuckDBConnection } from "@duckdb/node-api";
import type { Directory } from "./directory.ts";
import { defaultEngineLimits } from "./engine-limits.ts";
import type { EngineLimits } from "./engine-limits.ts";
import { Engine, oneNumber, rows } from "./engine.ts";
import { listTable } from "./list-table.ts";
import { openTable } from "./open-table.ts";
import { accountsFormat } from "./table-format.ts";

/** How many people there were when the window ended, and who is known. */
export interface Population {
  /** Accounts created before the window's end (or at an unknown time), without decoys. */
  readonly all: number;
  /** Those of `accountIds` that the directory holds, whenever they were created; decoys are as any other. */
  has(accountIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of `accountIds` that `all` counts. */
  counted(accountIds: readonly string[]): Promise<ReadonlySet<string>>;
  close(): void;
}

export interface PopulationOptions {
  /** Microseconds since the epoch; accounts created at or after it count neither in `all` nor in the cap. */
  readonly windowEndUs: number;
  readonly decoys: readonly string[];
  readonly limits?: EngineLimits;
}

/** A file of accounts (only `account_id` must be there, `created_at` is used when it is) or an imported directory. */
export type PopulationSource = { readonly file: string } | { readonly directory: Directory };

/** Reads and checks the source once. Throws LakeError as `readAccounts` does, and ERR_LAKE_NO_DIRECTORY. */
export async function openPopulation(
  source: PopulationSource,
  options: PopulationOptions,
): Promise<Population> {
  const file = "file" in source ? source.file : await source.directory.accountsFile();
  const engine = await Engine.open(options.limits ?? defaultEngineLimits);
  try {
    const all = await engine.with(async (connection) => {
      const table = await openTable({
        connection,
        file,
        format: accountsFormat,
        required: ["account_id"],
        relation: "file",
      });
      await connection.run(
        `CREATE TABLE held AS SELECT account_id, coalesce(created_at < CAST($1 AS BIGINT), true) AS counted FROM file`,
        [BigInt(options.windowEndUs)],
      );
      await table.drop();
      await listTable(connection, "decoys", options.decoys);
      await connection.run(
        "UPDATE held SET counted = false WHERE account_id IN (SELECT account_id FROM decoys)",
      );
      return await oneNumber(connection, "SELECT count(*) FROM held WHERE counted");
    });
    return {
      all,
      has: (accountIds) => engine.with((connection) => held(connection, accountIds, "true")),
      counted: (accountIds) => engine.with((connection) => held(connection, accountIds, "counted")),
      close: () => engine.close(),
    };
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function held(
  connection: DuckDBConnection,
  accountIds: readonly string[],
  condition: string,
): Promise<ReadonlySet<string>> {
  await listTable(connection, "asked", accountIds);
  const found = await rows(
    connection,
    `SELECT account_id FROM held WHERE ${condition} AND account_id IN (SELECT account_id FROM asked)`,
  );
  return new Set(found.map((row) => String(row["account_id"])));
}
