import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { sendPlanned, type MessageTransport, type NoticeCounts, type Sending } from "../src/index.ts";
import { startLedgerDatabase, type LedgerDatabaseForTests } from "./support/ledger-database.ts";
import { drop, scriptedSmtp, type Script, type ScriptedSmtp } from "./support/scripted-smtp.ts";
import { contactOf, setUp } from "./support/sending-setup.ts";

let database: LedgerDatabaseForTests;
beforeAll(async () => {
  database = await startLedgerDatabase();
});
afterAll(() => database.stop());

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

let incidents = 0;
type Run = {
  readonly smtp: ScriptedSmtp;
  readonly sending: Sending;
  readonly counts: () => Promise<NoticeCounts>;
};

async function start(
  script: Script,
  options: { people: number; affected?: number; over?: Partial<Sending> },
): Promise<Run> {
  const smtp = await scriptedSmtp(script);
  closing.push(() => smtp.close());
  const { sending, transport } = await setUp(database.ledger, smtp.port, {
    incidentId: `incident-${++incidents}`,
    ...options,
  });
  closing.push(() => transport.close());
  return { smtp, sending, counts: () => database.ledger.counts(sending.noticeNo) };
}

function timesEach(smtp: ScriptedSmtp): Map<string, number> {
  const times = new Map<string, number>();
  for (const { address } of smtp.arrived) times.set(address, (times.get(address) ?? 0) + 1);
  return times;
}

async function senders(noticeNo: number): Promise<number> {
  const begun = await database.rows(`select sender_no from notices.sender where notice_no = ${noticeNo}`);
  return begun.length;
}

test("everybody gets one message, and the affected another one before anybody else gets theirs", async () => {
  const { smtp, sending, counts } = await start({}, { people: 500, affected: 3 });
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({
    handed_over: 500,
    planned: 0,
    leased: 0,
    failed: 0,
    unknown: 0,
    affected: { handed_over: 3 },
    general: { handed_over: 497 },
  });
  expect(smtp.arrived).toHaveLength(500);
  expect(timesEach(smtp).size).toBe(500);
  const personal = smtp.arrived.map(({ message }) =>
    message.includes("Subject: Overture: data of your account"),
  );
  expect(personal.slice(0, 3)).toEqual([true, true, true]);
  expect(personal.slice(3).some(Boolean)).toBe(false);
});

test("the mail to all waits until the affected person's message is final", async () => {
  let tries = 0;
  const { smtp, sending } = await start(
    { onRecipient: (address) => (address.startsWith("u-0@") && ++tries < 3 ? "451 later" : "250 ok") },
    { people: 50 },
  );
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(tries).toBe(3);
  expect(smtp.arrived[0]?.address).toBe("u-0@people.example");
  expect(smtp.arrived).toHaveLength(50);
});

test("a second call sends nothing to anybody again", async () => {
  const { smtp, sending } = await start({}, { people: 20 });
  await sendPlanned(sending);
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(smtp.arrived).toHaveLength(20);
});

test("two senders on one ledger send to nobody twice", async () => {
  const { smtp, sending, counts } = await start({}, { people: 400 });
  const ends = await Promise.all([sendPlanned(sending), sendPlanned(sending)]);
  expect(ends).toEqual([{ kind: "done" }, { kind: "done" }]);
  expect(smtp.arrived).toHaveLength(400);
  expect(timesEach(smtp).size).toBe(400);
  expect(await counts()).toMatchObject({ handed_over: 400, unknown: 0 });
});

test("a sender that is slow but alive keeps what it has in flight", async () => {
  const { smtp, sending, counts } = await start({}, { people: 40 });
  const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
  const slow: MessageTransport = {
    ...sending.transport,
    lanes: 1,
    send: async (message) => {
      if (message.to === "u-7@people.example") await held;
      return sending.transport.send(message);
    },
  };
  const first = sendPlanned({ ...sending, transport: slow });
  while ((await counts()).handed_over < 39) await new Promise((resolve) => setTimeout(resolve, 5));
  // The other one finds everything sent but this one message, and waits for it instead of calling it unknown.
  const second = sendPlanned(sending);
  while ((await senders(sending.noticeNo)) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await counts()).toMatchObject({ leased: 1, unknown: 0 });
  letGo(undefined);
  expect(await Promise.all([first, second])).toEqual([{ kind: "done" }, { kind: "done" }]);
  expect(await counts()).toMatchObject({ handed_over: 40, unknown: 0 });
  expect(smtp.arrived).toHaveLength(40);
});

test("5xx fails, 4xx is tried again up to the limit, and each is on record", async () => {
  const tries = new Map<string, number>();
  const { smtp, sending, counts } = await start(
    {
      onRecipient: (address) => {
        const nth = (tries.get(address) ?? 0) + 1;
        tries.set(address, nth);
        if (address === "u-5@people.example") return "550 5.1.1 no such user";
        if (address === "u-6@people.example") return "451 4.7.1 greylisted";
        if (address === "u-7@people.example" && nth < 3) return "421 4.3.2 come again";
        return "250 ok";
      },
      onMessage: (address) => (address === "u-8@people.example" ? "452 4.3.1 mailbox full" : "250 ok"),
    },
    { people: 60 },
  );
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 57, failed: 3, unknown: 0, planned: 0 });
  expect(tries.get("u-5@people.example")).toBe(1);
  expect(tries.get("u-6@people.example")).toBe(3);
  expect(tries.get("u-8@people.example")).toBe(3);
  expect(timesEach(smtp).get("u-7@people.example")).toBe(1);
  const left = [];
  for await (const person of database.ledger.notSent(sending.noticeNo)) left.push(person);
  expect(left).toMatchObject([
    { ordinal: 5, state: "failed", cause: "refused", replyCode: 550, attempts: 1 },
    { ordinal: 6, state: "failed", cause: "deferred", replyCode: 451, attempts: 3 },
    { ordinal: 8, state: "failed", cause: "deferred", replyCode: 452, attempts: 3 },
  ]);
});

test("a connection lost after the final dot without a reply is unknown and never sent again", async () => {
  const { smtp, sending, counts } = await start(
    { onMessage: (address) => (/^u-1?[37]@/.test(address) ? drop : "250 ok") },
    { people: 100 },
  );
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 96, unknown: 4, failed: 0 });
  expect([...timesEach(smtp).values()].every((times) => times === 1)).toBe(true);
  expect(smtp.arrived).toHaveLength(100);
});

test("a connection lost before the message is tried again", async () => {
  const dropped = new Set<string>();
  const { smtp, sending, counts } = await start(
    {
      onRecipient: (address) => {
        if (!/^u-\d*4@/.test(address) || dropped.has(address)) return "250 ok";
        dropped.add(address);
        return drop;
      },
    },
    { people: 100 },
  );
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 100, unknown: 0 });
  expect(dropped.size).toBe(10);
  expect(timesEach(smtp).size).toBe(100);
  expect(smtp.arrived).toHaveLength(100);
});

test("no address and a malformed or oversized address are counted as failed and never sent", async () => {
  const bad = new Map<number, string | null>([
    [3, null],
    [4, ""],
    [5, "a@b.example\r\nBcc: everybody@x.example"],
    [6, `${"a".repeat(65)}@b.example`],
    [7, "zo\u00eb@b.example"],
  ]);
  const { smtp, sending, counts } = await start(
    {},
    {
      people: 20,
      over: {
        contacts: (ordinals) =>
          Promise.resolve(
            new Map(
              ordinals
                .filter((ordinal) => ordinal !== 8)
                .map((ordinal) => [
                  ordinal,
                  bad.has(ordinal)
                    ? { ...contactOf(ordinal), email: bad.get(ordinal) ?? null }
                    : contactOf(ordinal),
                ]),
            ),
          ),
      },
    },
  );
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 14, failed: 6 });
  expect(smtp.arrived).toHaveLength(14);
  const causes = [];
  for await (const { ordinal, cause, attempts } of database.ledger.notSent(sending.noticeNo)) {
    causes.push(`${ordinal} ${cause} ${attempts}`);
  }
  expect(causes).toEqual([
    "3 no_contact 0",
    "4 no_contact 0",
    "5 address 0",
    "6 address 0",
    "7 address 0",
    "8 no_contact 0",
  ]);
});

test("a claim that no longer holds stops the sending, and it stays stopped until it is resumed", async () => {
  let asked = 0;
  const { smtp, sending, counts } = await start(
    {},
    {
      people: 300,
      over: {
        inFlightMax: 10,
        claimsHold: () =>
          Promise.resolve(
            ++asked < 5 ? { holds: true } : { holds: false, reason: "claim c-1 is contradicted" },
          ),
      },
    },
  );
  const stopped = { kind: "stopped", reason: "claim c-1 is contradicted" };
  expect(await sendPlanned(sending)).toEqual(stopped);
  const sent = smtp.arrived.length;
  // The first batch is the affected one, and each batch is at most what may be in flight.
  expect(sent).toBeLessThanOrEqual(1 + 3 * 10);
  expect(await counts()).toMatchObject({ handed_over: sent, planned: 300 - sent, leased: 0, unknown: 0 });
  expect((await database.ledger.read(sending.noticeNo)).stopped).toMatchObject({ reason: stopped.reason });
  asked = -1000;
  expect(await sendPlanned(sending)).toEqual(stopped);
  expect(smtp.arrived).toHaveLength(sent);
  await database.ledger.resume(sending.noticeNo);
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(timesEach(smtp).size).toBe(300);
  expect(smtp.arrived).toHaveLength(300);
});

test("a stop by somebody else ends a sender that is at work", async () => {
  const { smtp, sending } = await start(
    {
      onRecipient: () => {
        if (smtpSeen++ === 40) void database.ledger.stop(sending.noticeNo, "stopped by hand");
        return "250 ok";
      },
    },
    { people: 2000, over: { inFlightMax: 8 } },
  );
  let smtpSeen = 0;
  expect(await sendPlanned(sending)).toEqual({ kind: "stopped", reason: "stopped by hand" });
  expect(smtp.arrived.length).toBeLessThan(2000);
});

test("the signal ends sending after what is in flight is finished and on record", async () => {
  const abort = new AbortController();
  let seen = 0;
  const { smtp, sending, counts } = await start(
    {
      onMessage: () => {
        if (++seen === 30) abort.abort();
        return "250 ok";
      },
    },
    { people: 500, over: { signal: abort.signal, inFlightMax: 16 } },
  );
  expect(await sendPlanned(sending)).toEqual({ kind: "aborted" });
  expect(smtp.arrived.length).toBeLessThan(30 + 32);
  expect(await counts()).toMatchObject({ handed_over: smtp.arrived.length, leased: 0, unknown: 0 });
  expect(await sendPlanned({ ...sending, signal: new AbortController().signal })).toEqual({ kind: "done" });
  expect(smtp.arrived).toHaveLength(500);
});

test("at most `inFlightMax` messages are in `sending` at a time", async () => {
  let most = 0;
  let looking: Promise<void> = Promise.resolve();
  const { sending, counts } = await start(
    {
      onMessage: () => {
        looking = looking.then(async () => {
          most = Math.max(most, (await counts()).leased);
        });
        return "250 ok";
      },
    },
    { people: 200, over: { inFlightMax: 7 } },
  );
  await sendPlanned(sending);
  await looking;
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(7);
});

test("a mail server that is away costs nobody an attempt and ends the sending after a while", async () => {
  const { smtp, sending, counts } = await start(
    { onConnection: () => "554 not today" },
    { people: 30, over: { unavailableMax: 2 } },
  );
  expect(await sendPlanned(sending)).toMatchObject({ kind: "unavailable" });
  expect(await counts()).toMatchObject({ planned: 30, failed: 0, unknown: 0, leased: 0 });
  expect(smtp.arrived).toEqual([]);
  const attempts = await database.rows(
    `select attempts from notices.detail where notice_no = ${sending.noticeNo}`,
  );
  expect(attempts).toEqual([]);
});

test("a notice that is not wholly planned is not sent", async () => {
  const { sending } = await start({}, { people: 5 });
  await database.rows(`update notices.notice set planned_at = null where notice_no = ${sending.noticeNo}`);
  await expect(sendPlanned(sending)).rejects.toThrow(
    expect.objectContaining({ code: "ERR_NOTICE_UNPLANNED" }),
  );
});

test("an error of whoever gives the contacts ends the sending and leaves nothing in `sending`", async () => {
  const { sending, counts } = await start(
    {},
    { people: 10, over: { contacts: () => Promise.reject(new Error("the directory is gone")) } },
  );
  await expect(sendPlanned(sending)).rejects.toThrow("the directory is gone");
  expect(await counts()).toMatchObject({ planned: 10, leased: 0 });
});
