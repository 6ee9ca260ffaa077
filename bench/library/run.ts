import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { generateBundleKeyPair } from "@cordon/control-plane";

import { describeMachine, load } from "../machine.ts";
import { writeMusic } from "./music-files.ts";

const help = `Measures how long Overture takes to scan a library from nothing and again without a change, and how long a search takes, over HTTP.

  node bench/library/run.ts --tracks 20000

  --tracks N     tagged tracks with covers, made anew (default 20000)
  --searches N   searches, one after the other (default 300)
  --out FILE     the results (default bench/results/library.json)
`;

const { values } = parseArgs({
  options: {
    tracks: { type: "string", default: "20000" },
    searches: { type: "string", default: "300" },
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
/** From one letter, which matches nearly everything, to words that match one track. */
const typed = [
  "r",
  "la",
  "har",
  "quiet",
  "silver or",
  "falcon gl",
  "river lantern harbour",
  "zzz",
  "e",
  "paper 17",
];

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(args: readonly string[]): Promise<Running> {
  const entry = fileOf("../../examples/overture/src/main.ts");
  const child = spawn(process.execPath, [entry, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const chunk of child.stdout) {
    const url = /"listening":"([^"]+)"/.exec(String(chunk))?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error("Overture ended");
}

async function end({ child }: Running): Promise<void> {
  const ended = once(child, "exit");
  child.kill();
  await ended;
}

interface Library {
  readonly tracks: number;
  readonly scanning: boolean;
}

async function json<Answer>(url: string, token: string): Promise<Answer> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Answer;
}

/** From the start of the process to the end of its scan. */
async function scanMs(
  args: readonly string[],
  token: string,
): Promise<{ readonly ms: number; readonly running: Running }> {
  const startMs = performance.now();
  const running = await start(args);
  for (;;) {
    const { scanning } = await json<Library>(`${running.url}/api/library`, token);
    if (!scanning) return { ms: performance.now() - startMs, running };
    await sleep(50);
  }
}

async function main(): Promise<void> {
  const [tracks, searches] = [whole("tracks", values.tracks), whole("searches", values.searches)];
  const folder = await mkdtemp(path.join(tmpdir(), "bench-library-"));
  try {
    const music = path.join(folder, "music");
    writeMusic(music, tracks);
    const maker = spawn(process.execPath, [
      fileOf("../../simulation/src/overture/load-population-process.ts"),
      folder,
      "10",
      "1",
    ]);
    await once(maker, "exit");
    const [line = "[]"] = (await readFile(path.join(folder, "sessions"), "utf8")).split("\n");
    const [token = ""] = JSON.parse(line) as string[];
    const [keyFile, tokenFile] = [path.join(folder, "public.pem"), path.join(folder, "token")];
    await Promise.all([writeFile(keyFile, generateBundleKeyPair().publicKeyPem), writeFile(tokenFile, "t")]);
    // No control plane answers there: the service runs without a policy.
    const args = [
      "--home",
      path.join(folder, "overture"),
      "--cordon",
      "http://127.0.0.1:9",
      "--cordon-token-file",
    ];
    const all = [...args, tokenFile, "--cordon-key", keyFile, "--music", music];

    const first = await scanMs(all, token);
    const library = await json<Library>(`${first.running.url}/api/library`, token);
    if (library.tracks !== tracks) throw new Error(`${library.tracks} of ${tracks} tracks were found`);
    const times = new Map<string, number[]>(typed.map((words) => [words, []]));
    for (let n = 0; n < searches + typed.length; n += 1) {
      const words = typed[n % typed.length] ?? "";
      const startMs = performance.now();
      await json(`${first.running.url}/api/search?q=${encodeURIComponent(words)}`, token);
      if (n >= typed.length) times.get(words)?.push(performance.now() - startMs);
    }
    await end(first.running);
    const again = await scanMs(all, token);
    await end(again.running);

    const search = Object.fromEntries(
      [...times].map(([words, ms]) => {
        const sorted = ms.toSorted((a, b) => a - b);
        return [words, { medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0, maxMs: sorted.at(-1) ?? 0 }];
      }),
    );
    const slowestMs = Math.max(...Object.values(search).map(({ medianMs }) => medianMs));
    const result = {
      at: new Date().toISOString(),
      machine: describeMachine(["music-metadata", "fastify"]),
      load: load(),
      tracks,
      firstScanMs: Math.round(first.ms),
      scanWithoutChangeMs: Math.round(again.ms),
      search,
    };
    const out = values.out ?? fileOf("../results/library.json");
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(
      `${tracks} tracks scanned in ${(first.ms / 1000).toFixed(1)} s (goal: 60 s), again without a change in ${(again.ms / 1000).toFixed(1)} s; ` +
        `the slowest kind of search takes ${slowestMs.toFixed(1)} ms (goal: 30 ms)\n`,
    );
    process.exitCode = first.ms <= 60_000 && slowestMs <= 30 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (values.help) process.stdout.write(help);
else await main();
