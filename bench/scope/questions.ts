import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";

import { askCold, type ContenderProcess } from "./contender.ts";
import type { ContenderKind, ContenderOrder } from "./contender-process.ts";
import { lineBytes } from "./event-lines.ts";
import { actorName, questionOfActor, questionOfAll, type EventsShape } from "./events.ts";
import { writeLines } from "./import-stream.ts";
import { inRounds, type Contestant, type Figures, type Measured, type RoundOptions } from "./rounds.ts";

export interface Field {
  readonly processes: Readonly<Record<ContenderKind, ContenderProcess>>;
  readonly shape: EventsShape;
  readonly lakeFolder: string;
  /** The same events in order of time. */
  readonly parquetFile: string;
  readonly work: string;
}

const run = promisify(execFile);

function asking(field: Field, kind: ContenderKind, order: ContenderOrder): Contestant["run"] {
  return () => field.processes[kind].ask(order);
}

/** How many people one actor reached. */
export async function askActor(field: Field, actor: number, options: RoundOptions): Promise<Figures[]> {
  const { shape, lakeFolder, parquetFile } = field;
  const name = actorName(actor);
  const parquet = sqlText(parquetFile);
  const where = `actor = '${name}' AND status = 200`;
  const cordon: ContenderOrder = {
    question: questionOfActor(name, shape.events),
    lakeFolder,
    population: shape.accounts,
  };
  const duckDb: ContenderOrder = {
    sql: `SELECT count(DISTINCT account) FROM read_parquet(${parquet}) WHERE ${where}`,
  };
  const grouped = `SELECT count(*) FROM (SELECT account FROM read_parquet(${parquet}) WHERE ${where} GROUP BY account)`;
  return inRounds(
    [
      { name: "cordon, the lake", run: asking(field, "cordon", cordon) },
      { name: "duckdb, count(DISTINCT)", run: asking(field, "duckdb", duckDb) },
      { name: "duckdb, GROUP BY", run: asking(field, "duckdb", { sql: grouped }) },
      {
        name: "chdb, uniqExact",
        run: asking(field, "chdb", {
          sql: `SELECT uniqExact(account) FROM file(${parquet}, Parquet) WHERE ${where}`,
        }),
      },
      {
        name: "floor: duckdb scans the actors",
        run: asking(field, "duckdb", { sql: `SELECT max(actor) FROM read_parquet(${parquet})` }),
        isFloor: true,
      },
      { name: "cordon, the lake, from process start", run: () => askCold("cordon", cordon) },
      { name: "duckdb, from process start", run: () => askCold("duckdb", duckDb) },
    ],
    options,
  );
}

/** How many people all events reached. */
export async function askAll(field: Field, options: RoundOptions): Promise<Figures[]> {
  const { shape, lakeFolder } = field;
  const parquet = `read_parquet(${sqlText(field.parquetFile)})`;
  const lake = `read_parquet(${sqlText(path.join(lakeFolder, "events/**/*.parquet"))}, hive_partitioning = false)`;
  return inRounds(
    [
      {
        name: "cordon, the lake",
        run: asking(field, "cordon", {
          question: questionOfAll(shape.events),
          lakeFolder,
          population: shape.accounts,
        }),
      },
      {
        name: "duckdb, count(DISTINCT)",
        run: asking(field, "duckdb", {
          sql: `SELECT count(DISTINCT account) FROM ${parquet} WHERE status = 200`,
        }),
      },
      {
        name: "duckdb, bitstring_agg of the digits",
        run: asking(field, "duckdb", {
          sql: `SELECT bit_count(bitstring_agg(account::INTEGER, 10000000, ${9_999_999 + shape.accounts}))
            FROM ${parquet} WHERE status = 200`,
        }),
      },
      {
        name: "chdb, uniqExact",
        run: asking(field, "chdb", {
          sql: `SELECT uniqExact(account) FROM file(${sqlText(field.parquetFile)}, Parquet) WHERE status = 200`,
        }),
      },
      {
        name: "floor: duckdb scans the accounts of the unsorted Parquet",
        run: asking(field, "duckdb", { sql: `SELECT sum(strlen(account)) FROM ${parquet}` }),
        isFloor: true,
      },
      {
        name: "floor: duckdb scans the accounts of the lake",
        run: asking(field, "duckdb", { sql: `SELECT sum(strlen(account)) FROM ${lake}` }),
        isFloor: true,
      },
    ],
    options,
  );
}

/** How many people one actor reached, from raw log lines. */
export async function askLines(field: Field, actor: number, options: RoundOptions): Promise<Figures[]> {
  const { shape, work } = field;
  const name = actorName(actor);
  const evidenceFolder = path.join(work, "lines");
  const file = path.join(evidenceFolder, "api", "events.jsonl");
  await mkdir(path.dirname(file), { recursive: true });
  await writeLines(shape, file);
  const filter = `select(.actor == "${name}" and .status == 200) | .account`;
  const columns = "{actor: 'VARCHAR', status: 'INTEGER', account: 'VARCHAR'}";
  return inRounds(
    [
      {
        name: "cordon, the raw lines",
        run: asking(field, "cordon", {
          question: questionOfActor(name, shape.events),
          evidenceFolder,
          population: shape.accounts,
        }),
      },
      {
        name: "grep -F, jq, sort -u",
        run: shell(`grep -F '"${name}"' "$1" | jq -r '${filter}' | sort -u | wc -l`, file),
      },
      { name: "jq, sort -u", run: shell(`jq -r '${filter}' "$1" | sort -u | wc -l`, file) },
      {
        name: "duckdb, read_json",
        run: asking(field, "duckdb", {
          sql: `SELECT count(DISTINCT account) FROM read_json(${sqlText(file)}, format = 'newline_delimited', columns = ${columns})
            WHERE actor = '${name}' AND status = 200`,
        }),
      },
      {
        name: `floor: ${((shape.events * lineBytes) / 1e6).toFixed(0)} MB are read`,
        run: shell('cat "$1" | wc -c', file),
        isFloor: true,
      },
    ],
    options,
  );
}

function shell(script: string, file: string): () => Promise<Measured> {
  return async () => {
    const started = performance.now();
    const { stdout } = await run("sh", ["-c", script, "sh", file], { env: { ...process.env, LC_ALL: "C" } });
    return { milliseconds: performance.now() - started, answer: stdout.trim(), peakRssBytes: null };
  };
}

export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
