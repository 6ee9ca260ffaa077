import { createReadStream } from "node:fs";
import { finished } from "node:stream/promises";

import {
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
} from "@clickhouse/client";

import { LakeError } from "../errors.ts";
import type { ClickHouseTarget } from "./clickhouse-target.ts";

const mebibyte = 1024 * 1024;
/** Long enough for a question about all events of a big lake; a server that is away says so much sooner. */
const requestMsMax = 3_600_000;
/** A decoy list or a list of parts stands in the SQL. */
const queryBytesMax = 256 * mebibyte;

/**
 * Everything that an operator's profile could set and that would change an answer in silence (a result cut short, rows
 * left out, NULL read otherwise), as the exact answer needs it.
 */
const exactSettings: ClickHouseSettings = {
  wait_end_of_query: 1,
  read_overflow_mode: "throw",
  read_overflow_mode_leaf: "throw",
  group_by_overflow_mode: "throw",
  sort_overflow_mode: "throw",
  result_overflow_mode: "throw",
  set_overflow_mode: "throw",
  distinct_overflow_mode: "throw",
  timeout_overflow_mode: "throw",
  timeout_overflow_mode_leaf: "throw",
  limit: "0",
  offset: "0",
  final: 0,
  transform_null_in: 0,
  aggregate_functions_null_for_empty: 0,
  prefer_column_name_to_alias: 0,
  apply_deleted_mask: 1,
  empty_result_for_aggregation_by_empty_set: 0,
  distributed_group_by_no_merge: "0",
  skip_unavailable_shards: 0,
  fallback_to_stale_replicas_for_distributed_queries: 0,
  force_optimize_skip_unused_shards: "0",
  use_query_cache: 0,
  // Version 26.7 loses columns of a Distributed table with it ("not found column in block").
  query_plan_optimize_lazy_materialization: 0,
  // A replica that lags behind says so, where inserts are made with a quorum.
  select_sequential_consistency: "1",
  max_query_size: String(queryBytesMax),
  max_ast_elements: "100000000",
  max_expanded_ast_elements: "100000000",
  max_bytes_before_external_group_by: String(1024 * mebibyte),
  max_bytes_before_external_sort: String(1024 * mebibyte),
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 0,
};

const insertSettings: ClickHouseSettings = {
  wait_end_of_query: 1,
  // A part is written anew under a new name; what is the same in it must not be taken for a repeated block.
  insert_deduplicate: 0,
  async_insert: 0,
  insert_distributed_sync: 1,
  distributed_ddl_task_timeout: "180",
  input_format_null_as_default: 1,
};

export type ClickHouseRow = Readonly<Record<string, unknown>>;

/** One server, asked over HTTP. Every failure is a LakeError with one line; ERR_LAKE_REMOTE when nothing else fits. */
export class ClickHouseConnection {
  readonly #client: ClickHouseClient;
  readonly #name: string;

  private constructor(client: ClickHouseClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  static open(target: ClickHouseTarget, password: string): ClickHouseConnection {
    const client = createClient({
      url: target.httpUrl,
      username: target.user,
      password,
      database: target.database,
      application: "cordon",
      request_timeout: requestMsMax,
      log: { level: ClickHouseLogLevel.OFF },
      // A connection that stood idle may have been closed by the server in the moment it is used again.
      keep_alive: { enabled: true, idle_socket_ttl: 1000 },
    });
    return new ClickHouseConnection(client, target.name);
  }

  /** All rows of a query, for answers that fit into memory. */
  async rows(sql: string): Promise<readonly ClickHouseRow[]> {
    return this.#translated(async () => {
      const found = await this.#client.query({
        query: sql,
        format: "JSONEachRow",
        clickhouse_settings: exactSettings,
      });
      return await found.json<ClickHouseRow>();
    });
  }

  /** The first column of a query, as it comes: the server's answer is never held as a whole. */
  async *texts(sql: string): AsyncGenerator<readonly string[]> {
    try {
      const found = await this.#client.query({
        query: sql,
        format: "JSONCompactEachRow",
        clickhouse_settings: { ...exactSettings, wait_end_of_query: 0 },
      });
      for await (const lines of found.stream<readonly unknown[]>())
        yield lines.map((line) => String(line.json()[0]));
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async command(sql: string, settings: ClickHouseSettings = {}): Promise<void> {
    await this.#translated(async () => {
      await this.#client.command({ query: sql, clickhouse_settings: { ...insertSettings, ...settings } });
    });
  }

  /** Sends a file as the body of an INSERT that names its format. */
  async insertFile(sql: string, file: string): Promise<void> {
    await this.#translated(async () => {
      const values = createReadStream(file, { highWaterMark: mebibyte });
      try {
        const { stream } = await this.#client.exec({
          query: sql,
          values,
          clickhouse_settings: insertSettings,
        });
        await finished(stream.resume());
      } finally {
        values.destroy();
      }
    });
  }

  async insertRows(table: string, rows: readonly ClickHouseRow[]): Promise<void> {
    await this.#translated(async () => {
      await this.#client.insert({
        table,
        values: rows,
        format: "JSONEachRow",
        clickhouse_settings: insertSettings,
      });
    });
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #translated<Result>(act: () => Promise<Result>): Promise<Result> {
    try {
      return await act();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): unknown {
    if (error instanceof LakeError || !(error instanceof Error)) return error;
    const fail = (code: LakeError["code"], what: string, hint?: string): LakeError =>
      new LakeError(code, `\`${this.#name}\`: ${what}`, {
        cause: error,
        ...(hint === undefined ? {} : { hint }),
      });
    if (error instanceof ClickHouseError) {
      switch (error.type ?? error.code) {
        case "UNKNOWN_DATABASE":
          return fail("ERR_LAKE_NO_EVIDENCE", "there is no such database", "make it with `CREATE DATABASE`");
        case "UNKNOWN_TABLE":
          return fail(
            "ERR_LAKE_NO_EVIDENCE",
            "the database holds no lake of evidence",
            "fill it with `cordon evidence publish`",
          );
        case "AUTHENTICATION_FAILED":
        case "REQUIRED_PASSWORD":
          return fail(
            "ERR_LAKE_REMOTE",
            "the server refuses the user or the password",
            "give the password in CORDON_CLICKHOUSE_PASSWORD",
          );
        case "ACCESS_DENIED":
          return fail("ERR_LAKE_REMOTE", `the user may not do this: ${oneSentence(error.message)}`);
        case "READONLY":
          return fail(
            "ERR_LAKE_REMOTE",
            "the user may not choose settings (`readonly = 1`), which exact answers need",
            "let the user's profile have `readonly = 2`",
          );
        case "MEMORY_LIMIT_EXCEEDED":
          return fail("ERR_LAKE_MEMORY", "the server's memory limit does not let it answer");
        case "NOT_ENOUGH_SPACE":
          return fail("ERR_LAKE_DISK_FULL", "the server's disk is full");
        default:
          return fail("ERR_LAKE_REMOTE", `the server fails: ${oneSentence(error.message)}`);
      }
    }
    // A server that fails after its first rows writes what happened in place of the next one.
    if (error instanceof SyntaxError) return fail("ERR_LAKE_REMOTE", "the server broke off its answer");
    const code = "code" in error && typeof error.code === "string" ? error.code : null;
    const reason = code ?? oneSentence(error.message);
    return fail("ERR_LAKE_REMOTE", `no answer from the server (${reason === "" ? error.name : reason})`);
  }
}

const sentenceMax = 300;

function oneSentence(message: string): string {
  return message.replaceAll(/\s+/g, " ").trim().slice(0, sentenceMax);
}
