import type { DuckDBConnection, DuckDBResult } from "@duckdb/node-api";
import { defaultEngineLimits } from "./engine-limits.ts";
import type { EngineLimits } from "./engine-limits.ts";
import { Engine, translateEngineError } from "./engine.ts";
import { openTable } from "./open-table.ts";
import { packedAccounts } from "./packed-accounts.ts";
import type { PackedAccounts } from "./packed-accounts.ts";
import { accountsFormat } from "./table-format.ts";

/** Some accounts of a file, in its order. */
export interface AccountBatch {
  readonly accountIds: readonly string[];
  /** Of the same length, when the file has a column `ordinal`; else null. */
  readonly ordinals: Uint32Array | null;
}

/**
 * The accounts of a CSV, JSONL or Parquet file (by extension), in its order, after the whole file has been checked:
 * nothing is yielded from a file with wrong input. Only `account_id` must be there.
 * Throws LakeError (ERR_LAKE_INPUT with FILE:LINE, ERR_LAKE_FILE).
 */
export async function* readAccounts(
  file: string,
  options: { readonly limits?: EngineLimits } = {},
): AsyncGenerator<AccountBatch> {
  const engine = await Engine.open(options.limits ?? defaultEngineLimits);
  try {
    const connection = await engine.connect();
    const source = {
      connection,
      file,
      format: accountsFormat,
      required: ["account_id"],
      relation: "accounts",
    };
    const { columns } = await openTable(source);
    yield* accountBatches(connection, {
      relation: "accounts",
      order: "line",
      hasOrdinals: columns.has("ordinal"),
    });
  } catch (error) {
    throw translateEngineError(error);
  } finally {
    engine.close();
  }
}

/** The same accounts, those of a Parquet file several times as fast. Throws as `readAccounts` does. */
export async function* readAccountsInBulk(
  file: string,
  options: { readonly limits?: EngineLimits } = {},
): AsyncGenerator<AccountBatch | PackedAccounts> {
  if (!file.endsWith(".parquet")) {
    yield* readAccounts(file, options);
    return;
  }
  const engine = await Engine.open(options.limits ?? defaultEngineLimits);
  try {
    const connection = await engine.connect();
    const format = accountsFormat;
    const source = { connection, file, format, required: ["account_id"], relation: "accounts" };
    const { columns } = await openTable(source);
    const connections = [connection, await engine.connect()] as const;
    yield* packedAccounts(connections, { file, hasOrdinals: columns.has("ordinal") });
  } catch (error) {
    throw translateEngineError(error);
  } finally {
    engine.close();
  }
}

/** How many accounts a file holds; checks it as `readAccounts` does. */
export async function countAccounts(
  file: string,
  options: { readonly limits?: EngineLimits } = {},
): Promise<number> {
  const engine = await Engine.open(options.limits ?? defaultEngineLimits);
  try {
    return await engine.with(async (connection) => {
      const source = {
        connection,
        file,
        format: accountsFormat,
        required: ["account_id"],
        relation: "accounts",
      };
      return (await openTable(source)).records;
    });
  } finally {
    engine.close();
  }
}

interface AccountBatchesOf {
  readonly relation: string;
  /** An SQL expression: the order of the accounts. */
  readonly order: string;
  readonly hasOrdinals: boolean;
}

/** Streams a relation's accounts; the connection may run nothing else meanwhile. */
export async function* accountBatches(
  connection: DuckDBConnection,
  { relation, order, hasOrdinals }: AccountBatchesOf,
): AsyncGenerator<AccountBatch> {
  const ordinal = hasOrdinals ? "ordinal" : "CAST(NULL AS UINTEGER)";
  const result = await connection.stream(`SELECT account_id, ${ordinal} FROM ${relation} ORDER BY ${order}`);
  for await (const [accountIds, ordinals] of idAndOrdinalChunks(result)) {
    yield { accountIds, ordinals: hasOrdinals ? ordinals : null };
  }
}

/** The chunks of a result whose columns are an id and an ordinal. */
export async function* idAndOrdinalChunks(
  result: DuckDBResult,
): AsyncGenerator<readonly [string[], Uint32Array]> {
  for await (const chunk of result) {
    // Typed here once: the query's first column is text that is never null, its second UINTEGER.
    const accountIds = chunk.getColumnValues(0) as string[];
    const ordinals = Uint32Array.from(
      chunk.getColumnValues(1) as (number | null)[],
      (ordinal) => ordinal ?? 0,
    );
    yield [accountIds, ordinals];
  }
}
