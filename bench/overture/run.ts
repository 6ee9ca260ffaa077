import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { buildBundle, generateBundleKeyPair } from "@cordon/control-plane";

import { describeMachine, load } from "../machine.ts";
import type { LoadOrder, LoadReport } from "./load-process.ts";

const help = `Measures what the gate costs a streaming service: Overture with it against the same Overture without, and whether a stream
suffers when a bundle is swapped.

  node bench/overture/run.ts --rounds 12 --streams 1000

  --rounds N       measured pairs of rounds (default 12)
  --streams N      whole tracks streamed from each server in each round (default 1000)
  --at-once N      streams under way at once, each another listener's (default 200)
  --out FILE       the results (default bench/results/overture.json)
`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "12" },
    streams: { type: "string", default: "1000" },
    "at-once": { type: "string", default: "200" },
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

const fileOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const tracksMin = 6;
/** Clock ticks of /proc, in milliseconds (USER_HZ is 100 on every Linux of today). */
const tickMs = 10;

/** The bundle in force, and enforcement points that listen. */
class BundleHost {
  readonly #keys = generateBundleKeyPair();
  readonly #streams = new Set<ServerResponse>();
  readonly #members: readonly string[];
  #bytes: Uint8Array | null = null;
  #version = 0;
  readonly #server = createServer((request, response) => {
    if (request.url === "/bundles/events") {
      this.#streams.add(response.writeHead(200, { "content-type": "text/event-stream" }));
      response.write(": here\n\n");
    } else if (request.url?.startsWith("/bundles/current") !== true || this.#bytes === null) {
      response.writeHead(request.method === "POST" ? 204 : 404).end();
    } else response.writeHead(200, { etag: `"${this.#version}"` }).end(this.#bytes);
  });

  constructor(members: readonly string[]) {
    this.#members = members;
  }

  get publicKeyPem(): string {
    return this.#keys.publicKeyPem;
  }

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A policy that asks something of a listed cohort, and nothing of anybody who streams here. */
  async publish(): Promise<void> {
    this.#version += 1;
    const members = new Map([["suspects", [...this.#members]]]);
    const cutoff = new Date(Date.now() - 400 * 86_400_000).toISOString();
    const directory = async function* (ids: readonly string[]) {
      await Promise.resolve();
      yield { accountIds: ids, ordinals: null };
    };
    const { bytes } = await buildBundle({
      policy: {
        version: this.#version,
        rules: [
          { id: "again", measure: "reauthenticate", cohort: "suspects", cutoff },
          { id: "newpw", measure: "change_password", cohort: "suspects", cutoff: "2005-01-01T00:00:00Z" },
          { id: "offline", measure: "redownload", where: { platform: "android" }, epoch: 2 },
        ],
      },
      members,
      accounts: () => directory(this.#members),
      asOfMs: Date.now(),
      expiresAtMs: null,
      by: "account",
      privateKeyPem: this.#keys.privateKeyPem,
    });
    this.#bytes = bytes;
    for (const stream of this.#streams) stream.write("event: look-again\ndata: \n\n");
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

interface Server {
  readonly name: "with gate" | "without gate";
  readonly child: ChildProcess;
  readonly port: number;
}

async function startServer(name: Server["name"], home: string, args: readonly string[]): Promise<Server> {
  const child = spawn(
    process.execPath,
    [
      fileOf("../../examples/overture/src/main.ts"),
      "--home",
      home,
      "--instance",
      name.replace(" ", "-"),
      ...args,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  for await (const chunk of child.stdout) {
    const port = /"http:\/\/127\.0\.0\.1:(\d+)"/.exec(String(chunk))?.[1];
    if (port !== undefined) return { name, child, port: Number(port) };
  }
  throw new Error(`the server ${name} ended`);
}

/** Processor time of a process so far, of the system and its own. */
async function cpuMs({ child }: Server): Promise<number> {
  const stat = await readFile(`/proc/${child.pid ?? 0}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

interface Slice {
  readonly megabytesPerSecond: number;
  readonly cpuMsPerMegabyte: number;
  readonly glitches: number;
  readonly longestPauseMs: number;
}

async function slice(server: Server, loader: ChildProcess, order: Omit<LoadOrder, "port">) {
  const before = await cpuMs(server);
  const answered = once(loader, "message");
  loader.send({ ...order, port: server.port } satisfies LoadOrder);
  const [report] = (await answered) as [LoadReport];
  const megabytes = report.bytes / 1e6;
  const measured: Slice = {
    megabytesPerSecond: (1000 * megabytes) / report.milliseconds,
    cpuMsPerMegabyte: ((await cpuMs(server)) - before) / megabytes,
    glitches: report.glitches,
    longestPauseMs: report.longestPauseMs,
  };
  return { ...measured, bytes: report.bytes, crcs: report.crcs };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Listeners with sessions, as the drill makes them. */
async function loadListeners(folder: string, count: number): Promise<readonly string[]> {
  const entry = fileOf("../../simulation/src/overture/load-population-process.ts");
  const child = spawn(process.execPath, [entry, folder, String(count), "1"], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number];
  if (code !== 0) throw new Error("the listeners could not be made");
  const lines = (await readFile(path.join(folder, "sessions"), "utf8")).split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as [string, string])[0]);
}

async function tracksOf(server: Server, token: string): Promise<readonly string[]> {
  for (;;) {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${server.port}/api/search?q=lanterns&limit=100`, {
      headers,
    });
    const { tracks } = (await response.json()) as { readonly tracks: readonly { readonly id: string }[] };
    if (tracks.length >= tracksMin) return tracks.slice(0, tracksMin).map(({ id }) => id);
    await sleep(500);
  }
}

async function main(): Promise<void> {
  const [rounds, streams, atOnce] = [
    whole("rounds", values.rounds),
    whole("streams", values.streams),
    whole("at-once", values["at-once"]),
  ];
  const folder = await mkdtemp(path.join(tmpdir(), "bench-overture-"));
  const children: ChildProcess[] = [];
  const members = Array.from({ length: 100_000 }, (_, n) => `u-${1_000_001 + n}`);
  const host = new BundleHost(members);
  try {
    const tokens = await loadListeners(folder, atOnce);
    const url = await host.start();
    await host.publish();
    const [keyFile, tokenFile] = [path.join(folder, "public.pem"), path.join(folder, "token")];
    await Promise.all([writeFile(keyFile, host.publicKeyPem), writeFile(tokenFile, "t")]);
    const home = path.join(folder, "overture");
    const common = [
      "--cordon",
      url,
      "--cordon-token-file",
      tokenFile,
      "--cordon-key",
      keyFile,
      "--demo-music",
    ];
    const gated = await startServer("with gate", home, [...common, "--look-again-spread-ms", "0"]);
    children.push(gated.child);
    process.stderr.write("music is composed …\n");
    const ids = await tracksOf(gated, tokens[0] ?? "");
    const bare = await startServer("without gate", home, [...common, "--without-gate"]);
    children.push(bare.child);
    await tracksOf(bare, tokens[0] ?? "");
    await sleep(20_000);

    const loader = fork(fileOf("load-process.ts"));
    children.push(loader);
    const unknown = ids.map((id) => ({ id, crc: null }));
    const warm = await slice(bare, loader, { tokens, tracks: unknown, streams });
    const tracks = ids.map((id, n) => ({ id, crc: warm.crcs[n] ?? 0 }));
    await slice(gated, loader, { tokens, tracks, streams });

    const pairs: { readonly gated: Slice; readonly bare: Slice }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const order = { tokens, tracks, streams };
      const first = round % 2 === 0 ? gated : bare;
      const one = await slice(first, loader, order);
      const two = await slice(first === gated ? bare : gated, loader, order);
      if (one.bytes !== two.bytes) throw new Error("the two servers did not send the same work");
      pairs.push(first === gated ? { gated: one, bare: two } : { gated: two, bare: one });
    }

    let swaps = 0;
    const swapping = { goesOn: true };
    const swapper = (async () => {
      while (swapping.goesOn) {
        await host.publish();
        swaps += 1;
        await sleep(300);
      }
    })();
    const swapped = await slice(gated, loader, { tokens, tracks, streams: streams * 2 });
    swapping.goesOn = false;
    await swapper;

    const throughput = median(
      pairs.map((pair) => pair.gated.megabytesPerSecond / pair.bare.megabytesPerSecond),
    );
    const cpu = median(pairs.map((pair) => pair.gated.cpuMsPerMegabyte / pair.bare.cpuMsPerMegabyte));
    const glitches = pairs.reduce((sum, pair) => sum + pair.gated.glitches + pair.bare.glitches, 0);
    const pauses = median(pairs.map((pair) => pair.gated.longestPauseMs));
    const result = {
      at: new Date().toISOString(),
      machine: describeMachine(["fastify", "@fastify/send"]),
      load: load(),
      streamsAtOnce: atOnce,
      streamsPerRound: streams,
      megabytesPerRound: Math.round(warm.bytes / 1e6),
      pairs,
      throughputOfGated: throughput,
      cpuOfGated: cpu,
      glitches,
      swapped: {
        swaps,
        glitches: swapped.glitches,
        longestPauseMs: swapped.longestPauseMs,
        otherwiseMs: pauses,
      },
    };
    const out = values.out ?? fileOf("../results/overture.json");
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(
      `throughput with the gate: ${throughput.toFixed(3)} of without (goal: 0.95), processor time ${cpu.toFixed(3)}; ` +
        `${glitches} glitches; ${swaps} bundles swapped amid ${streams * 2} streams: ${swapped.glitches} glitches, ` +
        `longest pause ${swapped.longestPauseMs.toFixed(0)} ms (without swaps ${pauses.toFixed(0)} ms)\n`,
    );
    process.exitCode = throughput >= 0.95 && glitches + swapped.glitches === 0 ? 0 : 1;
  } finally {
    for (const child of children) child.kill();
    host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

if (values.help) process.stdout.write(help);
else await main();
