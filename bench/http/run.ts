import { fork, type ChildProcess } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

import { describeMachine, load } from "../machine.ts";
import type { LoadOrder, LoadReport } from "./load-process.ts";
import type { ServerKind, ServerReport } from "./server-process.ts";

const help = `Measures what asking the gate costs a node:http server: processor time per request against its constant twin.

  node bench/http/run.ts --rounds 40 --requests 100000

  --rounds N       measured pairs of rounds (default 40)
  --requests N     requests to each server in each round (default 60000)
  --connections N  kept connections (default 8)
  --ahead N        requests on the way on each connection (default 8)
  --out FILE       the results (default bench/results/http.json)
`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "40" },
    requests: { type: "string", default: "60000" },
    connections: { type: "string", default: "8" },
    ahead: { type: "string", default: "8" },
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

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      reject(new Error(`${child.spawnargs.slice(1).join(" ")} ended`));
    };
    child.once("exit", ended);
    child.once("message", (message) => {
      child.removeListener("exit", ended);
      resolve(message);
    });
  });
}

function start(script: string, ...more: readonly string[]): ChildProcess {
  return fork(new URL(script, import.meta.url), more, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

interface Server {
  readonly kind: ServerKind;
  readonly child: ChildProcess;
  readonly port: number;
}

async function startServer(kind: ServerKind): Promise<Server> {
  const child = start("server-process.ts", kind);
  return { kind, child, port: (await messageOf(child)) as number };
}

async function report({ child }: Server): Promise<ServerReport> {
  const answer = messageOf(child);
  child.send("cpu");
  return (await answer) as ServerReport;
}

interface Slice {
  /** Of the server's process, user and system. */
  readonly microsecondsPerRequest: number;
  readonly deniedShare: number;
}

async function slice(server: Server, loader: ChildProcess, order: Omit<LoadOrder, "port">): Promise<Slice> {
  const before = await report(server);
  const reported = messageOf(loader);
  loader.send({ ...order, port: server.port } satisfies LoadOrder);
  const { ok, denied } = (await reported) as LoadReport;
  const after = await report(server);
  const answered = after.answered - before.answered;
  if (answered !== ok + denied || after.denied - before.denied !== denied) {
    throw new Error(`the ${server.kind} server answered ${answered}, its clients saw ${ok} and ${denied}`);
  }
  return {
    microsecondsPerRequest: (after.cpuMicroseconds - before.cpuMicroseconds) / answered,
    deniedShare: denied / answered,
  };
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  return low + ((sorted[Math.ceil(at)] ?? Number.NaN) - low) * (at - Math.floor(at));
}

/**
 * 95 % interval of the median of the pairs' ratios, by order statistics (binomial, normal approximation): no
 * distribution is assumed.
 */
function medianInterval(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (1.96 * Math.sqrt(sorted.length)) / 2;
  const low = Math.max(0, Math.floor(sorted.length / 2 - half));
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + half));
  return {
    median: quantile(sorted, 0.5),
    low: sorted[low] ?? Number.NaN,
    high: sorted[high] ?? Number.NaN,
  };
}

if (values.help) {
  process.stdout.write(help);
} else {
  const rounds = whole("rounds", values.rounds);
  const order = {
    requests: whole("requests", values.requests),
    connections: whole("connections", values.connections),
    ahead: whole("ahead", values.ahead),
    sessions: 100_000,
  };
  const out = values.out ?? new URL("../results/http.json", import.meta.url).pathname;
  const loads = { before: load(), after: 0 };
  const loader = start("load-process.ts");
  const children = [loader];
  try {
    await messageOf(loader);
    const constant = await startServer("constant");
    children.push(constant.child);
    const gate = await startServer("gate");
    children.push(gate.child);
    for (let warm = 0; warm < 3; warm += 1) {
      for (const server of [constant, gate]) await slice(server, loader, order);
    }
    const pairs: { readonly constant: Slice; readonly gate: Slice }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      if (round % 2 === 0) {
        const first = await slice(constant, loader, order);
        pairs.push({ constant: first, gate: await slice(gate, loader, order) });
      } else {
        const first = await slice(gate, loader, order);
        pairs.push({ constant: await slice(constant, loader, order), gate: first });
      }
    }
    loads.after = load();
    const of = (kind: ServerKind): readonly number[] =>
      pairs.map((pair) => pair[kind].microsecondsPerRequest).toSorted((a, b) => a - b);
    const more = medianInterval(
      pairs.map((pair) => pair.gate.microsecondsPerRequest / pair.constant.microsecondsPerRequest - 1),
    );
    const result = { machine: describeMachine([]), order, rounds, loads, more, pairs };
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(result, null, 2)}\n`);
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    const line = (kind: ServerKind): string =>
      `| ${kind} | ${quantile(of(kind), 0).toFixed(2)} | ${quantile(of(kind), 0.5).toFixed(2)} | ${percent(pairs[0]?.[kind].deniedShare ?? 0)} |`;
    process.stdout.write(
      [
        "| server | CPU µs a request, min | median | denied |",
        "| --- | --- | --- | --- |",
        line("constant"),
        line("gate"),
        "",
        `The gate takes ${percent(more.median)} more (median of ${rounds} pairs; 95 % interval ${percent(more.low)} to ${percent(more.high)}).`,
        "",
      ].join("\n"),
    );
  } finally {
    for (const child of children) child.disconnect();
  }
}
