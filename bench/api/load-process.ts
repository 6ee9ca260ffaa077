/**
 * Load in a process of its own. On an order it sends requests over kept connections, each as it falls due (open loop: a server that
 * is slow is not given time by being asked later), or as soon as the one before it was answered (closed loop), and says how long each
 * answer took, counted from when the request was due.
 */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Kind {
  readonly name: string;
  readonly method: "GET" | "POST";
  /** Taken in turn. */
  readonly paths: readonly string[];
  readonly body: string | null;
  readonly status: number;
  /** Open loop: so many a second; closed loop: 0. */
  readonly perSecond: number;
}

export interface LoadOrder {
  readonly port: number;
  readonly token: string | null;
  readonly kinds: readonly Kind[];
  readonly seconds: number;
  /** Closed loop: requests on the way at a time. */
  readonly concurrency: number;
}

export interface KindReport {
  readonly name: string;
  readonly answered: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const onTheWayMax = 2000;

async function run(order: LoadOrder): Promise<readonly KindReport[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  try {
    return await Promise.all(order.kinds.map((kind) => runKind(order, kind, agent)));
  } finally {
    agent.destroy();
  }
}

async function runKind(order: LoadOrder, kind: Kind, agent: Agent): Promise<KindReport> {
  const times: number[] = [];
  let failed = 0;
  let sent = 0;
  const startMs = performance.now();
  const endMs = startMs + order.seconds * 1000;
  const one = async (dueMs: number): Promise<void> => {
    const path = kind.paths[sent++ % kind.paths.length] ?? "/";
    const status = await send(order, kind, path, agent).catch(() => 0);
    if (status === kind.status) times.push(performance.now() - dueMs);
    else failed += 1;
  };
  if (kind.perSecond === 0) {
    const lane = async (): Promise<void> => {
      while (performance.now() < endMs) await one(performance.now());
    };
    await Promise.all(Array.from({ length: order.concurrency }, lane));
  } else {
    const waiting = new Set<Promise<void>>();
    for (let n = 0; ;) {
      const dueMs = startMs + (n * 1000) / kind.perSecond;
      if (dueMs >= endMs) break;
      const now = performance.now();
      if (dueMs > now) {
        await sleep(Math.max(1, dueMs - now));
        continue;
      }
      n += 1;
      if (waiting.size >= onTheWayMax) {
        failed += 1;
        continue;
      }
      const going: Promise<void> = one(dueMs).finally(() => waiting.delete(going));
      waiting.add(going);
    }
    await Promise.all(waiting);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const sorted = Float64Array.from(times).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  const { name } = kind;
  const perSecond = times.length / seconds;
  return { name, answered: times.length, failed, perSecond, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

function send(order: LoadOrder, kind: Kind, path: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        host: "127.0.0.1",
        port: order.port,
        method: kind.method,
        path,
        headers: {
          ...(order.token === null ? {} : { authorization: `Bearer ${order.token}` }),
          ...(kind.body === null
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(kind.body) }),
        },
      },
      (response) => {
        response.resume();
        response.once("end", () => resolve(response.statusCode ?? 0));
        response.once("error", reject);
      },
    );
    sent.once("error", reject);
    sent.end(kind.body ?? undefined);
  });
}

if (process.send !== undefined) {
  process.on("message", (order) => {
    void run(order as LoadOrder).then((report) => process.send?.(report));
  });
  process.once("disconnect", () => process.exit(0));
  process.send("ready");
}
