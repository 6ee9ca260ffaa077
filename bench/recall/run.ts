import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { describeMachine, load } from "../machine.ts";
import { inRounds } from "../rounds.ts";
import type { Contestant, Figures } from "../rounds.ts";
import { fleetContestants, postgresContestants, redisContestants } from "./contestants.ts";
import { makeDirectory } from "./directory.ts";
import { Fleet } from "./fleet.ts";
import type { Recall } from "./fleet.ts";
import { Postgres } from "./postgres.ts";
import { readyCohort } from "./ready-cohort.ts";
import { Redis } from "./redis.ts";

const help = `Measures a recall: from the approval until the last of four processes refuses a recalled account. A tenth of the
accounts is recalled, at random. Next to it, other ways to the same end.

  node bench/recall/run.ts --accounts 40000000 --rounds 10 --work /big/disk

  --accounts N       accounts of the directory (default 1000000)
  --rounds N         measured rounds (default 10)
  --points N         processes that enforce (default 4)
  --peers LIST       redis, postgresql, or none (default redis,postgresql)
  --slow-seconds N   who takes longer than this is measured once (default 20)
  --seed N           another directory (default 1)
  --work DIR         a folder for about 200 bytes an account (default: a temporary one)
  --out FILE         the results (default bench/results/recall-ACCOUNTS.json)
`;

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "10" },
    points: { type: "string", default: "4" },
    peers: { type: "string", default: "redis,postgresql" },
    "slow-seconds": { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    work: { type: "string" },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

function whole(name: string, text: string): number {
  const value = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && Number.isSafeInteger(value)) return value;
  process.stderr.write(`--${name}: \`${text}\` is no whole number, expected one above 0\n`);
  process.exit(2);
}

function note(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

async function measure(work: string): Promise<Readonly<Record<string, unknown>>> {
  const accounts = whole("accounts", values.accounts);
  const lakeFolder = path.join(work, "lake");
  await makeDirectory(lakeFolder, { accounts, seed: whole("seed", values.seed) });
  note(`a directory of ${accounts} accounts`);
  const cohort = await readyCohort(lakeFolder);
  note(`${cohort.ordinals.length} of them are recalled`);
  const peers = values.peers.split(",");
  const redis = peers.includes("redis") ? await Redis.start() : null;
  const postgres = peers.includes("postgresql") ? await Postgres.start(work) : null;
  if (postgres !== null) {
    await postgres.prepare(cohort);
    note("postgresql has a row for each account");
  }
  const fleet = await Fleet.start({ work, lakeFolder, points: whole("points", values.points) });
  const recalls: Record<"ready" | "query", Recall[]> = { ready: [], query: [] };
  const contestants: Contestant[] = [
    ...fleetContestants(fleet, (kind, recall) => recalls[kind].push(recall)),
    ...(redis === null ? [] : redisContestants(redis, cohort)),
    ...(postgres === null ? [] : postgresContestants(postgres, cohort)),
  ];
  const loads = { before: load(), after: 0 };
  const figures = await inRounds(contestants, {
    rounds: whole("rounds", values.rounds),
    slowMs: whole("slow-seconds", values["slow-seconds"]) * 1000,
    note,
  });
  loads.after = load();
  const versions = {
    redis: (await redis?.version()) ?? null,
    postgresql: (await postgres?.version()) ?? null,
  };
  await fleet.end();
  await redis?.stop();
  await postgres?.stop();
  printTable(figures, { redis, postgres });
  const steps = { ready: recalls.ready.slice(1).map(stepsOf), query: recalls.query.slice(1).map(stepsOf) };
  printSteps(steps);
  return { accounts, members: cohort.ordinals.length, versions, loads, figures, steps };
}

function stepsOf({ steps, openMs, milliseconds, bytes }: Recall) {
  const { query, build, keep } = steps;
  const rest = milliseconds - query - build - keep - openMs;
  return { query, build, keep, fetch: rest, open: openMs, bytes };
}

function printTable(
  figures: readonly Figures[],
  peers: { readonly redis: Redis | null; readonly postgres: Postgres | null },
): void {
  const rows = figures.map(
    ({ name, minMs, medianMs, rounds, answer, isFloor }) =>
      `| ${name} | ${minMs.toFixed(1)} | ${medianMs.toFixed(1)} | ${rounds.length} | ${isFloor ? "" : answer} |`,
  );
  const missing = [
    ...(peers.redis === null ? ["redis"] : []),
    ...(peers.postgres === null ? ["postgresql"] : []),
  ].map((name) => `| ${name} | not run | | | |`);
  const head = ["| way | min, ms | median, ms | rounds | refused |", "|---|---|---|---|---|"];
  process.stdout.write(`${[...head, ...rows, ...missing].join("\n")}\n\n`);
}

function printSteps(steps: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>): void {
  const names = ["query", "build", "keep", "fetch", "open"];
  const rows = Object.entries(steps).map(([kind, all]) => {
    const medians = names.map((name) => middle(all.map((each) => each[name] ?? 0)).toFixed(1));
    return `| ${kind} | ${medians.join(" | ")} |`;
  });
  process.stdout.write(
    `${[`| median, ms | ${names.join(" | ")} |`, `|---|${names.map(() => "---|").join("")}`, ...rows].join("\n")}\n`,
  );
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

if (values.help) process.stdout.write(help);
else {
  const above = values.work ?? tmpdir();
  await mkdir(above, { recursive: true });
  const work = await mkdtemp(path.join(above, "cordon-bench-"));
  try {
    const machine = describeMachine(["@duckdb/node-api"]);
    const results = await measure(work);
    const out = values.out ?? new URL(`../results/recall-${values.accounts}.json`, import.meta.url).pathname;
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify({ machine, ...results }, null, 2)}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
