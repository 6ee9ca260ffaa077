import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startTestPostgres } from "@cordon/testkit";
import { describeMachine, load } from "../machine.ts";
import type { Kind, KindReport, LoadOrder } from "./load-process.ts";

const help = `Measures the API of one \`cordon serve\` on a PostgreSQL that waits for the disk: reads and commands at a rate, and as many as it takes.

  node bench/api/run.ts --seconds 30 --reads 2000 --commands 300

  --seconds N      of each step (default 20)
  --reads N        reads a second in the step at a rate (default 2000)
  --commands N     commands a second beside them (default 300)
  --rounds N       of every step (default 3)
  --concurrency N  requests on the way in the steps without a rate (default 32)
  --out FILE       the results (default bench/results/api.json)
`;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    reads: { type: "string", default: "2000" },
    commands: { type: "string", default: "300" },
    rounds: { type: "string", default: "3" },
    concurrency: { type: "string", default: "32" },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const incidents = 50;
const note = JSON.stringify({ text: "the old app keeps tokens in the clear" });

function whole(name: string, text: string): number {
  const value = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && Number.isSafeInteger(value)) return value;
  process.stderr.write(`--${name}: \`${text}\` is no whole number, expected one above 0\n`);
  process.exit(2);
}

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error(`${child.spawnargs.slice(1).join(" ")} ended`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.removeListener("exit", ended);
      resolve(message);
    });
  });
}

interface Contender {
  readonly name: string;
  readonly port: number;
  readonly token: string | null;
  readonly read: Omit<Kind, "perSecond">;
  readonly command: Omit<Kind, "perSecond">;
}

async function startCordon(
  home: string,
  databaseUrl: string,
): Promise<{ child: ChildProcess; contender: Contender }> {
  const cordon = fileURLToPath(new URL("../../packages/cli/bin/cordon.mjs", import.meta.url));
  const child = spawn(process.execPath, [cordon, "serve", "--home", home, "--port", "0", "--json"], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const url = (JSON.parse(line) as { listening: string }).listening;
  const token = (await readFile(path.join(home, "operators", "author.token"), "utf8")).trim();
  const ids: string[] = [];
  for (let n = 0; n < incidents; n++) {
    const response = await fetch(`${url}/v1/incidents`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ title: `incident ${n}` }),
    });
    ids.push(((await response.json()) as { id: string }).id);
  }
  const contender: Contender = {
    name: "cordon",
    port: Number(new URL(url).port),
    token,
    // Commands go to one half and reads to the other: what is read does not grow under the clock.
    read: {
      name: "read",
      method: "GET",
      paths: ids.slice(incidents / 2).map((id) => `/v1/incidents/${id}`),
      body: null,
      status: 200,
    },
    command: {
      name: "command",
      method: "POST",
      paths: ids.slice(0, incidents / 2).map((id) => `/v1/incidents/${id}/notes`),
      body: note,
      status: 201,
    },
  };
  return { child, contender };
}

async function startFloor(databaseUrl: string): Promise<{ child: ChildProcess; contender: Contender }> {
  const child = fork(new URL("floor-process.ts", import.meta.url), {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const port = (await messageOf(child)) as number;
  const contender: Contender = {
    name: "floor",
    port,
    token: null,
    read: { name: "read", method: "GET", paths: ["/read"], body: null, status: 200 },
    command: { name: "command", method: "POST", paths: ["/command"], body: note, status: 201 },
  };
  return { child, contender };
}

interface Step {
  readonly name: string;
  readonly kinds: (contender: Contender) => readonly Kind[];
}

if (values.help) {
  process.stdout.write(help);
} else {
  const [seconds, reads, commands, rounds, concurrency] = [
    whole("seconds", values.seconds),
    whole("reads", values.reads),
    whole("commands", values.commands),
    whole("rounds", values.rounds),
    whole("concurrency", values.concurrency),
  ];
  const steps: readonly Step[] = [
    {
      name: `at ${reads} reads/s and ${commands} commands/s`,
      kinds: ({ read, command }) => [
        { ...read, perSecond: reads },
        { ...command, perSecond: commands },
      ],
    },
    { name: "reads, as many as it takes", kinds: ({ read }) => [{ ...read, perSecond: 0 }] },
    { name: "commands, as many as it takes", kinds: ({ command }) => [{ ...command, perSecond: 0 }] },
  ];
  const folder = await mkdtemp(path.join(tmpdir(), "cordon-bench-api-"));
  const postgres = await startTestPostgres({ durable: true });
  const children: ChildProcess[] = [];
  const loads = { before: load(), after: 0 };
  const results: (KindReport & { contender: string; step: string; round: number })[] = [];
  try {
    const loader = fork(new URL("load-process.ts", import.meta.url), {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    children.push(loader);
    await messageOf(loader);
    const cordon = await startCordon(path.join(folder, "home"), postgres.url);
    children.push(cordon.child);
    const floor = await startFloor(postgres.url);
    children.push(floor.child);
    const contenders = [cordon.contender, floor.contender];
    // Round 0 warms up and is dropped.
    for (let round = 0; round <= rounds; round += 1) {
      for (const step of steps) {
        for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
          const { port, token } = contender;
          const order: LoadOrder = {
            port,
            token,
            kinds: step.kinds(contender),
            seconds: round === 0 ? Math.min(3, seconds) : seconds,
            concurrency,
          };
          const reported = messageOf(loader);
          loader.send(order);
          for (const report of (await reported) as readonly KindReport[]) {
            if (round > 0) results.push({ contender: contender.name, step: step.name, round, ...report });
          }
        }
      }
    }
    loads.after = load();
  } finally {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const out = values.out ?? new URL("../results/api.json", import.meta.url).pathname;
  const machine = describeMachine(["fastify", "pg"]);
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(
    out,
    `${JSON.stringify({ machine, seconds, rounds, concurrency, loads, results }, null, 2)}\n`,
  );
  process.stdout.write(`${table(steps, results).join("\n")}\n`);
}

type Row = KindReport & { readonly contender: string; readonly step: string };

function table(steps: readonly Step[], results: readonly Row[]): readonly string[] {
  const lines = [
    "| step | who | what | answered/s, median | p50 ms, median | p99 ms, median | p99 ms, worst | failed |",
    "|---|---|---|---:|---:|---:|---:|---:|",
  ];
  for (const { name } of steps) {
    for (const contender of ["cordon", "floor"]) {
      for (const kind of ["read", "command"]) {
        const own = results.filter(
          (row) => row.step === name && row.contender === contender && row.name === kind,
        );
        if (own.length === 0) continue;
        const of = (pick: (row: Row) => number): string => median(own.map(pick)).toFixed(1);
        const worst = Math.max(...own.map(({ p99Ms }) => p99Ms)).toFixed(1);
        const failed = own.reduce((sum, row) => sum + row.failed, 0);
        lines.push(
          `| ${name} | ${contender} | ${kind} | ${of((row) => row.perSecond)} | ${of((row) => row.p50Ms)} | ${of((row) => row.p99Ms)} | ${worst} | ${failed} |`,
        );
      }
    }
  }
  return lines;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
