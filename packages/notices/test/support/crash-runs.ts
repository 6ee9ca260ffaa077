import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { DeliveryLedger, migrateNotices } from "../../src/index.ts";
import { CrashingPostgres } from "./crashing-postgres.ts";
import { connect } from "./ledger-database.ts";
import { PostfixServer } from "./postfix-server.ts";

const inFlightMax = 64;
const killsPerRun = 3;

/** What all runs came to. */
export type CrashFigures = {
  delivered: number;
  unknown: number;
  unknownWithMail: number;
  kills: Record<string, number>;
};

/**
 * Runs of a notice to `people` maildirs of a real Postfix, with `kill -9` of sender, PostgreSQL or Postfix at random moments. After each run
 * every person's fate in the ledger must match their maildir.
 */
export async function crashRuns(options: {
  readonly runs: number;
  readonly people: number;
  readonly seed: number;
}): Promise<CrashFigures> {
  const { runs, people } = options;
  const below = seededBelow(options.seed);
  const postgres = await CrashingPostgres.start();
  const postfix = await PostfixServer.start(
    "people.example",
    Array.from({ length: people }, (_, ordinal) => `u-${ordinal}`),
  );
  const figures: CrashFigures = { delivered: 0, unknown: 0, unknownWithMail: 0, kills: {} };
  try {
    await migrated(postgres.url);
    for (let run = 0; run < runs; run++) {
      const incidentId = `crash-${run}`;
      let sender = startSender(postgres.url, postfix.port, incidentId, people);
      for (let kill = 0; kill < killsPerRun; kill++) {
        await wait(150 + below(900));
        const victim = (["sender", "postgres", "postfix"] as const)[below(3)] ?? "sender";
        figures.kills[victim] = (figures.kills[victim] ?? 0) + 1;
        if (victim === "sender") {
          sender.kill("SIGKILL");
          await ended(sender);
        } else {
          const server = victim === "postgres" ? postgres : postfix;
          await server.crash();
          await wait(below(300));
          await server.restart();
        }
        if (hasEnded(sender) && sender.exitCode !== 0)
          sender = startSender(postgres.url, postfix.port, incidentId, people);
      }
      while ((await ended(sender)) !== 0) {
        sender = startSender(postgres.url, postfix.port, incidentId, people);
        await wait(200);
      }
      await compare(postgres.url, postfix, incidentId, people, figures);
    }
    return figures;
  } finally {
    await postfix.remove();
    await postgres.remove();
  }
}

async function migrated(url: string): Promise<void> {
  const { db, close } = connect(url);
  await migrateNotices(db);
  await close();
}

function startSender(url: string, port: number, incidentId: string, people: number): ChildProcess {
  const script = fileURLToPath(import.meta.resolve("./sender-child.ts"));
  const args = [script, url, port, incidentId, people, inFlightMax].map(String);
  return spawn(process.execPath, args, { stdio: "ignore" });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The exit code; null when it was killed. */
async function ended(child: ChildProcess): Promise<number | null> {
  if (!hasEnded(child)) await once(child, "exit");
  return child.exitCode;
}

async function compare(
  url: string,
  postfix: PostfixServer,
  incidentId: string,
  people: number,
  figures: CrashFigures,
): Promise<void> {
  const { db, close } = connect(url);
  const ledger = new DeliveryLedger(db, () => Date.now());
  const notice = await ledger.find(incidentId, 1);
  const noticeNo = notice?.noticeNo ?? -1;
  const counts = await ledger.counts(noticeNo);
  expect(counts).toMatchObject({ planned: 0, leased: 0, failed: 0 });
  const unknown = new Set<number>();
  for await (const { ordinal, state } of ledger.notSent(noticeNo)) {
    expect(state).toBe("unknown");
    if (ordinal !== null) unknown.add(ordinal);
  }
  await close();
  // The stated bound: each death leaves at most what was in flight.
  expect(unknown.size).toBeLessThanOrEqual(killsPerRun * inFlightMax);
  // Postfix itself may put a message that it had taken into a maildir again when it is killed: it is the same queue file then.
  const taken = new Map<string, Set<string>>();
  for (const { mailbox, text } of await postfix.takeMail()) {
    const [, queueId = text] = /^Received: .*\n(?:\t.*\n)*?\t.*\bid ([A-Za-z0-9]+)/m.exec(text) ?? [];
    const known = taken.get(mailbox) ?? new Set();
    taken.set(mailbox, known.add(queueId));
  }
  for (let ordinal = 0; ordinal < people; ordinal++) {
    const times = taken.get(`u-${ordinal}@people.example`)?.size ?? 0;
    if (unknown.has(ordinal)) {
      expect(times, `u-${ordinal}, unknown`).toBeLessThanOrEqual(1);
      figures.unknown++;
      figures.unknownWithMail += times;
    } else {
      expect(times, `u-${ordinal}, handed over`).toBe(1);
      figures.delivered++;
    }
  }
}

function seededBelow(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}
