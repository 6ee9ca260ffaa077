import type { DuckDBConnection } from "@duckdb/node-api";
import { Client } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { LakeError } from "../../errors.ts";
import type { ParquetPart } from "../raw-table.ts";
import {
  accountsFormat,
  accountsRequired,
  installationsFormat,
  installationsRequired,
} from "../table-format.ts";
import type { TableFormat } from "../table-format.ts";
import { copiedParts } from "./copied-parts.ts";
import { copyQuery } from "./copy-query.ts";
import { requirePostgresUrl } from "./postgres-source.ts";
import type { PostgresRelation, PostgresSource } from "./postgres-source.ts";

const connectTimeoutMs = 15_000;

interface CopiedTable {
  readonly parts: readonly ParquetPart[];
  /** SHA-256 (hex) of the rows as they came. */
  readonly sha256: string;
}

interface CopiedDirectory {
  /** Everybody who had an account at this instant is among the accounts. */
  readonly asOfMs: number;
  readonly accounts: CopiedTable;
  readonly installations: CopiedTable | null;
}

interface PostgresReading {
  readonly source: PostgresSource;
  readonly connection: DuckDBConnection;
  /** Where the rows go; it is there. */
  readonly folder: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly onBytes: (what: "accounts" | "installations", bytes: number) => void;
}

/**
 * Copies accounts and installations as one snapshot: one transaction, REPEATABLE READ and read only, sees them all. Row
 * security is off, so that a policy that would hide rows is an error and not a smaller directory. Throws LakeError:
 * ERR_LAKE_ADDRESS, ERR_LAKE_DATABASE, ERR_LAKE_INPUT.
 */
export async function readPostgres(reading: PostgresReading): Promise<CopiedDirectory> {
  const { source } = reading;
  requirePostgresUrl(source.url);
  const client = new Client({
    connectionString: source.url,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "cordon directory import",
    keepAlive: true,
  });
  // A connection that breaks while nothing is asked of it: the next query says so.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(
      "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET row_security = off; SET default_transaction_read_only = on",
    );
    const asOfMs = await snapshotMs(client, reading.clock);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const accounts = await copyTable(client, reading, source.accounts, accountsFormat, accountsRequired);
    const installations =
      source.installations === null
        ? null
        : await copyTable(client, reading, source.installations, installationsFormat, installationsRequired);
    await client.query("COMMIT");
    return { asOfMs, accounts, installations };
  } catch (error) {
    throw databaseError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * An instant that the snapshot taken next is not older than: now, or, of a standby, the last commit that it has replayed.
 */
async function snapshotMs(client: Client, clock: () => number): Promise<number> {
  const nowMs = clock();
  const { rows } = await client.query<{ standby: boolean; replayed: string | null }>(
    `SELECT pg_is_in_recovery() AS standby,
       (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::bigint::text AS replayed`,
  );
  const [row] = rows;
  if (row?.standby !== true) return nowMs;
  if (row.replayed === null)
    throw new LakeError(
      "ERR_LAKE_DATABASE",
      "the database is a standby that has replayed nothing yet, expected one that tells how old it is",
    );
  return Math.min(nowMs, Number(row.replayed));
}

async function copyTable(
  client: Client,
  { connection, folder, onBytes }: PostgresReading,
  relation: PostgresRelation,
  format: TableFormat,
  required: readonly string[],
): Promise<CopiedTable> {
  const query = await copyQuery(client, relation, format, required);
  const stream = client.query(copyTo(query.sql));
  return copiedParts(stream as AsyncIterable<Buffer>, {
    connection,
    folder,
    name: format.what,
    query,
    onBytes: (bytes) => {
      onBytes(format.what, bytes);
    },
  });
}

/** SQLSTATE classes whose messages speak of statements, roles and the server, and not of a row's values. */
const speaksOfNoRow = /^(08|25|28|3D|42|53|57)/;

/** What the database says, as one line. */
function databaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LakeError) return error;
  const code = "code" in error ? String(error.code) : "";
  const isServers = /^[0-9A-Z]{5}$/.test(code);
  const isNetworks = /^E[A-Z]+$/.test(code) && "syscall" in error && error.syscall !== "write";
  const isClients = /^(Connection terminated|timeout expired|The server does not)/.test(error.message);
  if (!isServers && !isNetworks && !isClients) return error;
  const [first = ""] = error.message.split("\n");
  const what = isServers && !speaksOfNoRow.test(code) ? "it refused a value" : first === "" ? code : first;
  return new LakeError(
    "ERR_LAKE_DATABASE",
    `the directory's database: ${what}${isServers ? ` (${code})` : ""}`,
    {
      ...(code === "42501"
        ? { hint: "the role needs SELECT, and BYPASSRLS where a table has policies" }
        : {}),
      cause: error,
    },
  );
}
