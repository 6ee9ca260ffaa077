import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeliveryLedger, sendPlanned } from "../src/index.ts";
import { connect, startLedgerDatabase, type LedgerDatabaseForTests } from "./support/ledger-database.ts";
import { scriptedSmtp, type ScriptedSmtp } from "./support/scripted-smtp.ts";
import { setUp } from "./support/sending-setup.ts";

let database: LedgerDatabaseForTests;
let smtp: ScriptedSmtp;
beforeAll(async () => {
  database = await startLedgerDatabase();
  smtp = await scriptedSmtp({ onMessage: () => "250 ok" });
});
afterAll(async () => {
  await smtp.close();
  await database.stop();
});

type Child = {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  readonly output: () => string;
  /** After the last byte of its output, which may come after its exit. */
  readonly closed: Promise<unknown>;
};

function sender(incidentId: string, people: number, inFlightMax: number): Child {
  const script = fileURLToPath(import.meta.resolve("./support/sender-child.ts"));
  const args = [script, database.url, smtp.port, incidentId, people, inFlightMax].map(String);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return { process: child, output: () => output, closed: once(child, "close") };
}

async function until(condition: () => boolean, child: Child): Promise<void> {
  while (!condition() && child.process.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 2));
  if (child.process.exitCode !== null) await child.closed;
}

test("kill -9 at random moments: nobody twice, at most as many unknown as were in flight, everybody else delivered", async () => {
  const people = 1500;
  const inFlightMax = 16;
  let random = 2014;
  const below = (limit: number): number => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((random / 2_147_483_648) * limit);
  };
  const kills = 7;
  for (let kill = 0; kill < kills; kill++) {
    const child = sender("killed", people, inFlightMax);
    await until(() => child.output().includes("begins"), child);
    // The first two die at some moment of planning or of the beginning, the others after some messages.
    const before = smtp.arrived.length;
    const wanted = kill < 2 ? 0 : 1 + below(180);
    await until(() => smtp.arrived.length >= before + wanted, child);
    if (kill < 2) await new Promise((resolve) => setTimeout(resolve, below(60)));
    child.process.kill("SIGKILL");
    await child.closed;
    expect(child.process.signalCode).toBe("SIGKILL");
  }
  const last = sender("killed", people, inFlightMax);
  await until(() => false, last);
  expect(last.output()).toContain("done");

  const times = new Map<string, number>();
  for (const { address } of smtp.arrived) times.set(address, (times.get(address) ?? 0) + 1);
  expect([...times.values()].filter((count) => count > 1)).toEqual([]);
  const notice = await database.ledger.find("killed", 1);
  const counts = await database.ledger.counts(notice?.noticeNo ?? 0);
  expect(counts.unknown).toBeLessThanOrEqual(kills * inFlightMax);
  expect(counts).toMatchObject({ planned: 0, leased: 0, failed: 0, handed_over: people - counts.unknown });
  const bySender = await database.rows(
    `select sender_no, count(*)::integer as people from notices.detail where cause = 'worker_lost' group by 1`,
  );
  for (const { people: lost } of bySender) expect(lost).toBeLessThanOrEqual(inFlightMax);
  const unknown = new Set<string>();
  for await (const { ordinal, state } of database.ledger.notSent(notice?.noticeNo ?? 0)) {
    expect(state).toBe("unknown");
    unknown.add(`u-${ordinal}@people.example`);
  }
  // Whoever is not `unknown` has it.
  for (let ordinal = 0; ordinal < people; ordinal++) {
    const address = `u-${ordinal}@people.example`;
    if (!unknown.has(address)) expect(times.get(address)).toBe(1);
  }
});

test("SIGTERM finishes what is in flight: nothing is unknown, and the next process sends the rest", async () => {
  const before = smtp.arrived.length;
  const child = sender("ended", 600, 32);
  await until(() => smtp.arrived.length > before + 100, child);
  child.process.kill("SIGTERM");
  await child.closed;
  expect(child.output()).toContain("aborted");
  const notice = await database.ledger.find("ended", 1);
  const cut = await database.ledger.counts(notice?.noticeNo ?? 0);
  expect(cut).toMatchObject({ leased: 0, unknown: 0, handed_over: smtp.arrived.length - before });
  const next = sender("ended", 600, 32);
  await until(() => false, next);
  expect(smtp.arrived.length - before).toBe(600);
});

test("a sender whose connection to the ledger is cut records what was in flight and ends with an error", async () => {
  let cut = false;
  const slow = await scriptedSmtp({
    onMessage: (address) => {
      if (address === "u-40@people.example" && !cut) {
        cut = true;
        void database.rows(
          "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query like '%notices.block%'",
        );
      }
      return "250 ok";
    },
  });
  const { sending, transport } = await setUp(database.ledger, slow.port, { incidentId: "cut", people: 400 });
  await expect(sendPlanned({ ...sending, inFlightMax: 16 })).rejects.toThrow(
    expect.objectContaining({ code: "ERR_NOTICE_LEDGER" }),
  );
  const counts = await database.ledger.counts(sending.noticeNo);
  expect(counts).toMatchObject({ unknown: 0, handed_over: slow.arrived.length });
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  const after = await database.ledger.counts(sending.noticeNo);
  expect(after.handed_over + after.unknown).toBe(400);
  expect(after.unknown).toBeLessThanOrEqual(16);
  expect(new Set(slow.arrived.map(({ address }) => address)).size).toBe(slow.arrived.length);
  await transport.close();
  await slow.close();
});

test("PostgreSQL killed in the middle of sending ends the sending with an error, not the process", async () => {
  const own = await startLedgerDatabase();
  const { db, close } = connect(own.url);
  let killed = false;
  const server = await scriptedSmtp({
    onMessage: () => {
      if (!killed) process.kill(own.pid, "SIGKILL");
      killed = true;
      return "250 ok";
    },
  });
  const { sending, transport } = await setUp(new DeliveryLedger(db, () => Date.now()), server.port, {
    incidentId: "gone",
    people: 300,
  });
  await expect(sendPlanned({ ...sending, inFlightMax: 16 })).rejects.toThrow(
    expect.objectContaining({ code: "ERR_NOTICE_LEDGER" }),
  );
  expect(server.arrived.length).toBeLessThan(300);
  await transport.close();
  await server.close();
  await close();
  await own.stop();
});
