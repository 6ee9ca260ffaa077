import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { DuckDBInstance } from "@duckdb/node-api";

import { ContenderProcess } from "./contender.ts";
import { eventsMax, eventsSql, type EventsShape } from "./events.ts";
import { generateOnly, importStream } from "./import-stream.ts";
import { describeMachine, load } from "../machine.ts";
import { askActor, askAll, askLines, sqlText, type Field } from "./questions.ts";
import { rate, resultLines, type SizeResult } from "./result-lines.ts";
import type { Figures, RoundOptions } from "./rounds.ts";

const help = `Measures the import of log lines and the answers from the lake, against DuckDB, chDB, jq and grep by hand.

  node bench/scope/run.ts --events 20000000,60000000,200000000 --rounds 10 --work /big/disk

  --events LIST      one size or several (default 2000000)
  --rounds N         measured rounds of each question (default 10)
  --accounts N       among how many accounts (default 4000000)
  --seed N           another seed, other events (default 1)
  --lines N          how many raw lines jq and grep get, at most (default 3000000)
  --slow-seconds N   who takes longer than this for one answer is measured once (default 20)
  --work DIR         a folder for about 60 bytes an event (default: a temporary one)
  --out FILE         the results (default bench/results/scope-EVENTS.json)
`;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "2000000" },
    rounds: { type: "string", default: "10" },
    accounts: { type: "string", default: "4000000" },
    seed: { type: "string", default: "1" },
    lines: { type: "string", default: "3000000" },
    "slow-seconds": { type: "string", default: "20" },
    work: { type: "string" },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** One of the many quiet actors, and the busiest one. */
const actors = { total: 5000, quiet: 2500, busiest: 0 };

function whole(name: string, text: string): number {
  const value = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && Number.isSafeInteger(value)) return value;
  process.stderr.write(`--${name}: \`${text}\` is no whole number, expected one above 0\n`);
  process.exit(2);
}

function note(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

async function makeParquet(shape: EventsShape, file: string): Promise<number> {
  const started = process.hrtime.bigint();
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run(`COPY (${eventsSql(shape)}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

async function measureSize(
  shape: EventsShape,
  { work, lines, options }: { readonly work: string; readonly lines: number; readonly options: RoundOptions },
): Promise<SizeResult> {
  const loads: Record<string, number> = { before: load() };
  const generatorAlone = await generateOnly(shape);
  note(`generator alone: ${((generatorAlone.seconds / shape.events) * 1e6).toFixed(3)} µs a line`);
  const pipeReadAndLeft = await importStream(shape, { work, lakeFolder: null });
  note(`floor, the pipe is read and left: ${rate(shape.events / pipeReadAndLeft.seconds)}`);
  loads["floors"] = load();
  const lakeFolder = path.join(work, "lake");
  const imported = await importStream(shape, { work, lakeFolder });
  note(
    `import: ${rate(shape.events / imported.seconds)}, peak ${(imported.peakRssBytes / 2 ** 20).toFixed(0)} MiB`,
  );
  loads["import"] = load();
  const parquetFile = path.join(work, "events.parquet");
  const seconds = await makeParquet(shape, parquetFile);
  note(`the same events in Parquet, by SQL: ${seconds.toFixed(1)} s`);
  const field: Field = {
    processes: {
      cordon: await ContenderProcess.start("cordon"),
      duckdb: await ContenderProcess.start("duckdb"),
      chdb: await ContenderProcess.start("chdb"),
    },
    shape,
    lakeFolder,
    parquetFile,
    work,
  };
  try {
    const questions: Record<string, readonly Figures[]> = {};
    questions["one quiet actor"] = await askActor(field, actors.quiet, options);
    questions["the busiest actor"] = await askActor(field, actors.busiest, options);
    loads["actors"] = load();
    questions["everybody's accounts"] = await askAll(field, options);
    loads["all"] = load();
    const slice = { ...field, shape: { ...shape, events: Math.min(lines, shape.events) } };
    questions[`one quiet actor, ${slice.shape.events} raw lines`] = await askLines(
      slice,
      actors.quiet,
      options,
    );
    loads["lines"] = load();
    return {
      events: shape.events,
      generatorAlone,
      pipeReadAndLeft,
      imported,
      parquet: { seconds, bytes: (await stat(parquetFile)).size },
      questions,
      loads,
    };
  } finally {
    for (const contender of Object.values(field.processes)) await contender.end();
  }
}

if (values.help) process.stdout.write(help);
else {
  const sizes = values.events.split(",").map((size) => whole("events", size));
  if (sizes.some((size) => size > eventsMax)) {
    process.stderr.write(`--events: expected at most ${eventsMax}\n`);
    process.exit(2);
  }
  const accounts = whole("accounts", values.accounts);
  const seed = whole("seed", values.seed);
  const lines = whole("lines", values.lines);
  const options: RoundOptions = {
    rounds: whole("rounds", values.rounds),
    slowMs: whole("slow-seconds", values["slow-seconds"]) * 1000,
    note,
  };
  const out = values.out ?? new URL(`../results/scope-${sizes.join("-")}.json`, import.meta.url).pathname;
  const above = values.work ?? tmpdir();
  await mkdir(above, { recursive: true });
  const results: SizeResult[] = [];
  const machine = describeMachine(["@duckdb/node-api", "chdb"]);
  for (const events of sizes) {
    note(`${events} events`);
    const work = await mkdtemp(path.join(above, "cordon-bench-"));
    try {
      results.push(
        await measureSize({ events, accounts, actors: actors.total, seed }, { work, lines, options }),
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    // What was measured stays when a larger size fails.
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify({ machine, seed, accounts, actors, sizes: results }, null, 2)}\n`);
  }
  process.stdout.write(`${resultLines(results).join("\n")}\n`);
}
