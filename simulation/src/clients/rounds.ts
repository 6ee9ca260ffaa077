import { setTimeout as sleep } from "node:timers/promises";
import type { AppClients } from "./app-clients.ts";
import type { Schedule } from "./schedule.ts";

interface RoundOptions {
  readonly clients: AppClients;
  readonly schedule: Schedule;
  /** Openings under way at once. */
  readonly concurrency: number;
  readonly nowMs: () => number;
}

/**
 * The first round: people open the app at their times within `overMs` from now. When the machine is slower than they
 * are, they queue; nobody is left out. Resolves when the last one has closed the app.
 */
export async function firstRound(options: RoundOptions, overMs: number): Promise<void> {
  const { clients, schedule, nowMs } = options;
  const order = schedule.firstRound();
  const startMs = nowMs();
  await inTurn(options.concurrency, order.length, async (n) => {
    const index = order[n] ?? 0;
    const waitMs = startMs + schedule.opensAt(index) * overMs - nowMs();
    if (waitMs > 1) await sleep(waitMs);
    await clients.open(index, 0);
  });
}

/** The last round, after the last wave: everybody opens the app once more, so that what is in force in the end is seen. */
export async function lastRound(options: RoundOptions, accounts: number): Promise<void> {
  await inTurn(options.concurrency, accounts, (n) => options.clients.open(options.schedule.lastRound(n), 1));
}

async function inTurn(concurrency: number, count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
}
