import { fork, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { describeMachine, load } from "../machine.ts";
import type { BuildFigures } from "./build-process.ts";
import type { LookUpRound } from "./look-up-process.ts";
import { structures } from "./structures.ts";

const help = `Measures cohort sets: their size against the entropy, how long they take to build, to open and to look up.

  node bench/bundle/run.ts --sizes 40000000/4000000,1000000/100000,1000000/1 --rounds 10 --work /big/disk

  --sizes LIST    accounts/members, one or several (default 1000000/100000,1000000/1)
  --rounds N      measured look-up rounds (default 10)
  --builds N      builds of each size (default 3)
  --parquet       build from a Parquet directory too (60 bytes an account in the work folder)
  --seed N        another seed, other ids and cohorts (default 1)
  --work DIR      a folder for what the processes share (default: a temporary one)
  --out FILE      the results (default bench/results/bundle.json)
`;

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000000/100000,1000000/1" },
    rounds: { type: "string", default: "10" },
    builds: { type: "string", default: "3" },
    parquet: { type: "boolean", default: false },
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

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      reject(new Error(`a process ended with ${String(code)}`));
    };
    child.once("exit", ended);
    child.once("message", (value) => {
      child.off("exit", ended);
      resolve(value);
    });
  });
}

const script = (name: string): URL => new URL(name, import.meta.url);

interface Summary {
  readonly min: number;
  readonly median: number;
  readonly rounds: readonly number[];
}

function summary(all: readonly number[]): Summary {
  const sorted = all.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
  return { min: sorted[0] ?? Number.NaN, median, rounds: all.map((one) => Math.round(one * 100) / 100) };
}

async function lookUps(work: string, rounds: number): Promise<Readonly<Record<string, Summary>>> {
  const children: { readonly name: string; readonly isFloor: boolean; readonly child: ChildProcess }[] = [];
  const times = new Map<string, number[]>();
  try {
    for (const { name, isFloor } of structures) {
      const child = fork(script("look-up-process.ts"), [name, work], {
        execArgv: ["--max-old-space-size=4096"],
      });
      children.push({ name, isFloor, child });
      await message(child);
    }
    const members = new Set<number>();
    // The first two rounds warm up, and show that all give the same answers.
    for (let round = -2; round < rounds; round++) {
      for (let turn = 0; turn < children.length; turn++) {
        const asked = children[(turn + Math.max(round, 0)) % children.length];
        if (asked === undefined) continue;
        const answer = message(asked.child);
        asked.child.send("round");
        const { nanoseconds, members: found } = (await answer) as LookUpRound;
        if (!asked.isFloor) members.add(found);
        if (members.size > 1) throw new Error(`the structures disagree: ${[...members].join(", ")} members`);
        if (round >= 0) times.set(asked.name, [...(times.get(asked.name) ?? []), nanoseconds]);
      }
    }
  } finally {
    for (const { child } of children) child.kill();
  }
  return Object.fromEntries([...times].map(([name, all]) => [name, summary(all)]));
}

async function measure(size: string): Promise<unknown> {
  const [accounts = 0, members = 0] = size.split("/").map((text) => whole("sizes", text));
  const base = values.work ?? tmpdir();
  await mkdir(base, { recursive: true });
  const work = await mkdtemp(path.join(base, "cordon-bench-bundle-"));
  try {
    note(`${size}: builds`);
    const lake = values.parquet ? "lake" : "none";
    const given = [accounts, members, whole("seed", values.seed), whole("builds", values.builds), work, lake];
    const builder = fork(script("build-process.ts"), given.map(String), {
      execArgv: ["--max-old-space-size=8192"],
    });
    const built = (await message(builder)) as BuildFigures;
    note(`${size}: look-ups`);
    const found = await lookUps(work, whole("rounds", values.rounds));
    const limitBytes = (built.entropyBits * members) / 8;
    const sizes = Object.fromEntries(
      Object.entries(built.sizes).map(([name, bytes]) => [
        name,
        { bytes, bitsPerMember: (bytes * 8) / members, overEntropy: bytes / limitBytes - 1 },
      ]),
    );
    const times = Object.fromEntries(Object.entries(built.times).map(([name, all]) => [name, summary(all)]));
    print(size, { entropyBits: built.entropyBits, sizes, times, found, peakRssBytes: built.peakRssBytes });
    return {
      accounts,
      members,
      entropyBitsPerMember: built.entropyBits,
      sizes,
      milliseconds: times,
      lookUpNanoseconds: found,
      peakRssBytes: built.peakRssBytes,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Shown {
  readonly entropyBits: number;
  readonly sizes: Readonly<
    Record<string, { readonly bytes: number; readonly bitsPerMember: number; readonly overEntropy: number }>
  >;
  readonly times: Readonly<Record<string, Summary>>;
  readonly found: Readonly<Record<string, Summary>>;
  readonly peakRssBytes: number;
}

function print(size: string, { entropyBits, sizes, times, found, peakRssBytes }: Shown): void {
  const out = [
    `${size}: entropy ${entropyBits.toFixed(3)} bits a member, peak ${Math.round(peakRssBytes / 1e6)} MB`,
  ];
  for (const [name, { bytes, bitsPerMember, overEntropy }] of Object.entries(sizes)) {
    out.push(
      `  ${name}: ${bytes} bytes, ${bitsPerMember.toFixed(3)} bits, ${(overEntropy * 100).toFixed(2)} % over`,
    );
  }
  for (const [name, { min, median }] of Object.entries(times)) {
    out.push(`  ${name}: ${min.toFixed(1)} ms min, ${median.toFixed(1)} median`);
  }
  for (const [name, { min, median }] of Object.entries(found)) {
    out.push(`  look-up, ${name}: ${min.toFixed(0)} ns min, ${median.toFixed(0)} median`);
  }
  process.stdout.write(`${out.join("\n")}\n`);
}

if (values.help) {
  process.stdout.write(help);
} else {
  const loadBefore = load();
  const results: unknown[] = [];
  for (const size of values.sizes.split(",")) results.push(await measure(size));
  const file = values.out ?? path.join(import.meta.dirname, "../results/bundle.json");
  await mkdir(path.dirname(file), { recursive: true });
  const machine = describeMachine(["@duckdb/node-api"]);
  const result = { machine, loadBefore, loadAfter: load(), seed: Number(values.seed), results };
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
}
