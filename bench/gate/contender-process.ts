/** One contender in a process of its own: `contender-process.ts NAME REQUESTS SEED` answers its parent's orders until it lets go. */
import type { Contender, ContenderStart } from "./contender.ts";
import { populate } from "./population.ts";

const starts = {
  "cordon gate": async () => (await import("./cordon.ts")).startCordon,
  "cordon gate, reading a request": async () => (await import("./cordon.ts")).startReading,
  "floor: one field": async () => (await import("./cordon.ts")).startFieldFloor,
  "floor: one bit": async () => (await import("./cordon.ts")).startBitFloor,
  "ES256 verify, node:crypto": async () => (await import("./es256.ts")).startEs256,
  "flagd-core": async () => (await import("./flagd.ts")).startFlagd,
  GrowthBook: async () => (await import("./growthbook.ts")).startGrowthBook,
  Unleash: async () => (await import("./unleash.ts")).startUnleash,
  Cedar: async () => (await import("./cedar.ts")).startCedar,
  "Redis GETBIT, serial": async () => (await import("./redis.ts")).startRedis,
} as const satisfies Readonly<Record<string, () => Promise<ContenderStart>>>;

export type ContenderName = keyof typeof starts;
/** In the order of the table. */
export const contenderNames: readonly ContenderName[] = [
  "floor: one field",
  "floor: one bit",
  "cordon gate",
  "cordon gate, reading a request",
  "ES256 verify, node:crypto",
  "flagd-core",
  "GrowthBook",
  "Unleash",
  "Cedar",
  "Redis GETBIT, serial",
];

export type Order =
  /** The answers about the first requests. */
  | { readonly kind: "answers"; readonly count: number }
  /** Asks so often, from this request on. */
  | { readonly kind: "time"; readonly from: number; readonly count: number }
  /** Bytes left on the heap by so many decisions about requests that are allowed. */
  | { readonly kind: "garbage"; readonly count: number };

export type Answer =
  | { readonly kind: "answers"; readonly meaning: Contender["answers"]; readonly answers: readonly number[] }
  | { readonly kind: "time"; readonly nanoseconds: number }
  | { readonly kind: "garbage"; readonly bytesPerDecision: number };

type Ask = (index: number) => number;

function timeOf(ask: Ask, requests: number, from: number, count: number): number {
  let index = from;
  let sum = 0;
  const started = process.hrtime.bigint();
  for (let done = 0; done < count; done += 1) {
    sum += ask(index);
    index = index + 1 === requests ? 0 : index + 1;
  }
  const nanoseconds = Number(process.hrtime.bigint() - started);
  if (sum < 0) throw new Error("a request that is none");
  return nanoseconds;
}

async function timeOfLater(
  askLater: (index: number) => Promise<number>,
  requests: number,
  from: number,
  count: number,
): Promise<number> {
  const started = process.hrtime.bigint();
  for (let done = 0; done < count; done += 1) await askLater((from + done) % requests);
  return Number(process.hrtime.bigint() - started);
}

function garbageOf(ask: Ask, requests: number, count: number): number {
  const allowed = Array.from({ length: requests }, (_, index) => index).filter((index) => ask(index) === 0);
  const run = (): void => {
    for (let done = 0, at = 0; done < count; done += 1) {
      ask(allowed[at] ?? 0);
      at = at + 1 === allowed.length ? 0 : at + 1;
    }
  };
  run();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  run();
  return (process.memoryUsage().heapUsed - before) / count;
}

async function answer(contender: Contender, requests: number, order: Order): Promise<Answer> {
  const { ask, askLater = (index: number) => Promise.resolve(ask?.(index) ?? -1) } = contender;
  switch (order.kind) {
    case "answers": {
      const answers: number[] = [];
      for (let index = 0; index < order.count; index += 1) answers.push(await askLater(index));
      return { kind: "answers", meaning: contender.answers, answers };
    }
    case "time": {
      const { from, count } = order;
      const nanoseconds =
        ask === undefined
          ? await timeOfLater(askLater, requests, from, count)
          : timeOf(ask, requests, from, count);
      return { kind: "time", nanoseconds };
    }
    case "garbage":
      if (ask === undefined) throw new Error("its heap is elsewhere");
      return { kind: "garbage", bytesPerDecision: garbageOf(ask, requests, order.count) };
  }
}

async function serve(name: ContenderName, requests: number, seed: number): Promise<void> {
  const start: ContenderStart = await starts[name]();
  const contender = await start(populate(requests, seed));
  process.on("message", (order) => {
    answer(contender, requests, order as Order).then(
      (given) => process.send?.(given),
      (error: unknown) => {
        process.stderr.write(`${name}: ${error instanceof Error ? (error.stack ?? "") : String(error)}\n`);
        process.exit(1);
      },
    );
  });
  process.once("disconnect", () => {
    const ended = contender.end?.() ?? Promise.resolve();
    void ended.finally(() => process.exit(0));
  });
  process.send?.("ready");
}

if (process.send !== undefined && process.argv[2] !== undefined) {
  await serve(process.argv[2] as ContenderName, Number(process.argv[3]), Number(process.argv[4]));
}
