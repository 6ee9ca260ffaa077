import { fork, type ChildProcess } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

import { getCedarSDKVersion } from "@cedar-policy/cedar-wasm/nodejs";

import { describeMachine, load } from "../machine.ts";
import { contenderNames, type Answer, type ContenderName, type Order } from "./contender-process.ts";
import { hasRedis } from "./redis.ts";
import { resultLines, type Row } from "./result-lines.ts";

const help = `Measures a decision over ten rules against a token's signature check, three flag engines, Cedar and Redis.

  node bench/gate/run.ts --requests 1000000 --rounds 20

  --requests N   distinct requests, the same ones for all (default 1000000: out of cache)
  --rounds N     measured rounds (default 20)
  --slice-ms N   about how long one contender is asked in one round (default 200)
  --checked N    requests on which all answers are compared first (default 20000)
  --garbage N    decisions over which the heap is watched (default 1000000)
  --seed N       another seed, other requests and cohorts (default 1)
  --out FILE     the results (default bench/results/gate.json)

Redis is left out where there is no \`redis-server\`.
`;

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "20" },
    "slice-ms": { type: "string", default: "200" },
    checked: { type: "string", default: "20000" },
    garbage: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
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

class Process {
  readonly name: ContenderName;
  readonly #child: ChildProcess;
  /** Asked in one slice. */
  slice = 16;
  readonly nanoseconds: number[] = [];

  private constructor(name: ContenderName, child: ChildProcess) {
    this.name = name;
    this.#child = child;
  }

  static async start(name: ContenderName, requests: number, seed: number): Promise<Process> {
    const script = new URL("contender-process.ts", import.meta.url);
    const child = fork(script, [name, String(requests), String(seed)], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"],
    });
    const process = new Process(name, child);
    await process.#message();
    return process;
  }

  async order<K extends Order["kind"]>(order: Order & { readonly kind: K }): Promise<Answer & { kind: K }> {
    const answer = this.#message();
    this.#child.send(order);
    return (await answer) as Answer & { kind: K };
  }

  async nanosecondsPerAsk(from: number): Promise<number> {
    const { nanoseconds } = await this.order({ kind: "time", from, count: this.slice });
    return nanoseconds / this.slice;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.disconnect();
    await ended;
  }

  #message(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        reject(new Error(`${this.name} ended`));
      };
      this.#child.once("exit", ended);
      this.#child.once("message", (message) => {
        this.#child.removeListener("exit", ended);
        resolve(message);
      });
    });
  }
}

/** Throws when two contenders whose answers mean the same give different ones. */
async function compareAnswers(processes: readonly Process[], count: number): Promise<readonly number[]> {
  const given = new Map<string, { readonly name: string; readonly answers: readonly number[] }>();
  let shares: readonly number[] = [];
  for (const each of processes) {
    const { meaning, answers } = await each.order({ kind: "answers", count });
    if (meaning === "none") continue;
    const compare = (as: string, these: readonly number[]): void => {
      const other = given.get(as);
      if (other === undefined) given.set(as, { name: each.name, answers: these });
      const index = other === undefined ? -1 : these.findIndex((one, i) => one !== other.answers[i]);
      if (index >= 0) {
        throw new Error(
          `${each.name} answers ${these[index] ?? ""} on request ${index}, ${other?.name ?? ""} ${other?.answers[index] ?? ""}`,
        );
      }
    };
    compare(meaning, answers);
    if (meaning === "outcome") {
      const denied = answers.map((one) => Number(one > 0));
      compare("denied-or-not", denied);
      shares = [0, 1, 2, 3, 4].map((code) => answers.filter((one) => one === code).length / count);
    }
  }
  return shares;
}

async function measure(
  processes: readonly Process[],
  options: Readonly<Record<"rounds" | "sliceMs" | "requests", number>>,
) {
  for (const each of processes) {
    // Warm-up: until a slice is long enough.
    for (;;) {
      const perAsk = await each.nanosecondsPerAsk(0);
      if (perAsk * each.slice >= options.sliceMs * 0.5e6) {
        each.slice = Math.max(16, Math.round((options.sliceMs * 1e6) / perAsk));
        break;
      }
      each.slice *= 4;
    }
    await each.nanosecondsPerAsk(0);
  }
  note("warm");
  for (let round = 0; round < options.rounds; round += 1) {
    for (let turn = 0; turn < processes.length; turn += 1) {
      const each = processes[(turn + round) % processes.length];
      // Another part of the requests each time, the same for all.
      const from = (round * 7919 * 101) % options.requests;
      if (each !== undefined) each.nanoseconds.push(await each.nanosecondsPerAsk(from));
    }
  }
}

if (values.help) {
  process.stdout.write(help);
} else {
  const requests = whole("requests", values.requests);
  const seed = whole("seed", values.seed);
  const rounds = whole("rounds", values.rounds);
  const sliceMs = whole("slice-ms", values["slice-ms"]);
  const checked = Math.min(requests, whole("checked", values.checked));
  const garbage = whole("garbage", values.garbage);
  const out = values.out ?? new URL("../results/gate.json", import.meta.url).pathname;
  const names = contenderNames.filter((name) => name !== "Redis GETBIT, serial" || hasRedis());
  const loads = { before: load(), after: 0 };
  const processes: Process[] = [];
  try {
    for (const name of names) processes.push(await Process.start(name, requests, seed));
    note(`${names.length} contenders are ready`);
    const shares = await compareAnswers(processes, checked);
    note(
      `equal answers on ${checked} requests; ${shares.map((share) => `${(share * 100).toFixed(1)} %`).join(", ")}`,
    );
    await measure(processes, { rounds, sliceMs, requests });
    const cordon = processes.find(({ name }) => name === "cordon gate");
    const { bytesPerDecision = Number.NaN } =
      (await cordon?.order({ kind: "garbage", count: garbage })) ?? {};
    loads.after = load();
    const rows: Row[] = processes.map(({ name, slice, nanoseconds }) => ({ name, slice, nanoseconds }));
    const machine = describeMachine(["@openfeature/flagd-core", "@growthbook/growthbook", "unleash-client"]);
    const result = {
      machine,
      cedar: getCedarSDKVersion(),
      requests,
      seed,
      checked,
      shares,
      loads,
      bytesPerDecision,
      garbage,
      rows,
    };
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(`${resultLines(rows, { bytesPerDecision, garbage }).join("\n")}\n`);
  } finally {
    for (const each of processes) await each.end().catch(() => undefined);
  }
}
