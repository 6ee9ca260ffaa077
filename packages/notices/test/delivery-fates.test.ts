import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { sendPlanned, type NotSent, type Sending, type WhoGot } from "../src/index.ts";
import { startLedgerDatabase, type LedgerDatabaseForTests } from "./support/ledger-database.ts";
import { drop, scriptedSmtp, type Script } from "./support/scripted-smtp.ts";
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
async function start(script: Script, people: number, over: Partial<Sending> = {}) {
  const smtp = await scriptedSmtp(script);
  closing.push(() => smtp.close());
  const incidentId = `fate-${++incidents}`;
  const { sending, transport } = await setUp(database.ledger, smtp.port, { incidentId, people, over });
  closing.push(() => transport.close());
  return { smtp, sending, incidentId, counts: () => database.ledger.counts(sending.noticeNo) };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test("the list of those not sent to is that of one instant, however many are sent to while it is read", async () => {
  const { sending, counts } = await start({}, 3000);
  const reader = database.ledger.notSent(sending.noticeNo)[Symbol.asyncIterator]();
  const first = await reader.next();
  const sent = sendPlanned(sending);
  while ((await counts()).handed_over < 1500) await new Promise((resolve) => setTimeout(resolve, 5));
  const rest: NotSent[] = [];
  for (let next = await reader.next(); next.done !== true; next = await reader.next()) rest.push(next.value);
  expect(first.done).toBe(false);
  expect(rest).toHaveLength(2999);
  expect(rest.every(({ state }) => state === "planned")).toBe(true);
  expect(await sent).toEqual({ kind: "done" });
  expect(await all(database.ledger.notSent(sending.noticeNo))).toEqual([]);
});

test("a reader who leaves early leaves no transaction open", async () => {
  const { sending } = await start({}, 200_000);
  for await (const person of database.ledger.notSent(sending.noticeNo)) if (person.ordinal === 3) break;
  const open = await database.rows(
    "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
  );
  expect(open).toEqual([]);
});

test("the list goes on after an ordinal, so that it can be had in pages", async () => {
  const { sending } = await start({}, 1500);
  const whole = await all(database.ledger.notSent(sending.noticeNo));
  const after = await all(database.ledger.notSent(sending.noticeNo, 700));
  expect(after).toEqual(whole.slice(701));
});

test("`unknown` is sent again only by somebody's choice, then to exactly those, and everybody else is left alone", async () => {
  let isBroken = true;
  const { smtp, sending, counts, incidentId } = await start(
    { onMessage: (address) => (isBroken && /^u-[1-5]@/.test(address) ? drop : "250 ok") },
    100,
  );
  await sendPlanned(sending);
  await sendPlanned(sending);
  expect(await counts()).toMatchObject({ handed_over: 95, unknown: 5 });
  isBroken = false;
  expect(await database.ledger.retryUnknown(sending.noticeNo, new Set([2, 3, 99]))).toEqual([2, 3]);
  expect(await database.ledger.reopened()).toContainEqual({ incidentId, edition: 1 });
  await sendPlanned(sending);
  expect(await counts()).toMatchObject({ handed_over: 97, unknown: 3 });
  await database.ledger.closeAgain(sending.noticeNo);
  expect(await database.ledger.reopened()).not.toContainEqual({ incidentId, edition: 1 });
  expect(await database.ledger.retryUnknown(sending.noticeNo)).toEqual([1, 4, 5]);
  await sendPlanned(sending);
  expect(await counts()).toMatchObject({ handed_over: 100, unknown: 0 });
  expect(smtp.arrived).toHaveLength(105);
});

test("the kill switch stops every channel within one batch, and resuming goes on where it was", async () => {
  let seen = 0;
  const { smtp, sending, incidentId, counts } = await start(
    {
      onMessage: () => {
        if (++seen === 50) void database.ledger.halt(incidentId, "by hand");
        return "250 ok";
      },
    },
    2000,
    { inFlightMax: 16 },
  );
  const push = await database.ledger.plan({
    incidentId,
    edition: 1,
    channel: "push",
    manifestDigest: "sha256:push",
    salt: new Uint8Array(16),
    affected: [0],
    general: [[0, 1, 2]],
    unreachable: [],
  });
  expect(await sendPlanned(sending)).toEqual({ kind: "halted", reason: "by hand" });
  expect(smtp.arrived.length).toBeLessThanOrEqual(50 + 2 * 16);
  expect(await counts()).toMatchObject({ leased: 0, unknown: 0, handed_over: smtp.arrived.length });
  expect((await database.ledger.read(push.noticeNo)).stopped).toMatchObject({ halted: true });
  // A channel that is planned while everything is stopped begins stopped.
  const hook = await database.ledger.plan({
    incidentId,
    edition: 1,
    channel: "webhook",
    manifestDigest: "sha256:hook",
    salt: new Uint8Array(16),
    affected: [],
    general: [],
    unreachable: [],
  });
  expect(hook.stopped).toMatchObject({ halted: true, reason: "by hand" });
  await database.ledger.resume(sending.noticeNo);
  expect((await database.ledger.read(push.noticeNo)).stopped).toBeNull();
  const sentBefore = smtp.arrived.length;
  const abort = new AbortController();
  const resumed = sendPlanned({ ...sending, signal: abort.signal });
  while (smtp.arrived.length < sentBefore + 20) await new Promise((resolve) => setTimeout(resolve, 2));
  abort.abort();
  expect(await resumed).toEqual({ kind: "aborted" });
  expect(new Set(smtp.arrived.map(({ address }) => address)).size).toBe(smtp.arrived.length);
});

test("evidence that changed stops all channels, and outweighs a stop by hand", async () => {
  const { sending, incidentId } = await start({}, 20);
  const push = await database.ledger.plan({
    incidentId,
    edition: 1,
    channel: "push",
    manifestDigest: "sha256:push",
    salt: new Uint8Array(16),
    affected: [],
    general: [[1]],
    unreachable: [],
  });
  await database.ledger.halt(incidentId, "by hand");
  await database.ledger.stop(sending.noticeNo, "claim c-1 fell");
  for (const noticeNo of [sending.noticeNo, push.noticeNo]) {
    expect((await database.ledger.read(noticeNo)).stopped).toMatchObject({
      halted: false,
      reason: "claim c-1 fell",
    });
  }
});

test("a correction goes to exactly those who got the wrong sentence", async () => {
  const { sending } = await start(
    {
      onMessage: (address) =>
        address === "u-30@people.example" ? drop : address === "u-40@people.example" ? "550 no" : "250 ok",
    },
    1200,
    {},
  );
  const { render } = sending;
  // Everybody whose number ends in 0 is told something else.
  const worded: Sending = {
    ...sending,
    render: (audience, contact) => ({
      ...render(audience, contact),
      statements: contact.accountId.endsWith("0") ? "sha256:wrong" : "sha256:right",
    }),
  };
  await sendPlanned(worded);
  const digests = (await database.ledger.statementSets(sending.noticeNo)).map(({ digest }) => digest);
  expect(digests.toSorted()).toEqual(["sha256:right", "sha256:wrong"]);
  const pages: WhoGot[] = await all(database.ledger.whoGot(sending.noticeNo, ["sha256:wrong"]));
  const got = pages.flatMap((page) => page.got);
  expect(pages.flatMap((page) => page.mayHave)).toEqual([30]);
  expect(got).toEqual(
    Array.from({ length: 120 }, (_, i) => i * 10).filter((ordinal) => ordinal !== 30 && ordinal !== 40),
  );
  expect(await all(database.ledger.whoGot(sending.noticeNo, ["sha256:never said"]))).toEqual([]);
});

test("ten thousand people behind one address each get their own, and are counted one by one", async () => {
  const { smtp, sending, counts } = await start({}, 10_000, {
    contacts: (ordinals) =>
      Promise.resolve(
        new Map(
          ordinals.map((ordinal) => [ordinal, { ...contactOf(ordinal), email: "family@people.example" }]),
        ),
      ),
  });
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 10_000, affected: { handed_over: 1 } });
  const ids = new Set(smtp.arrived.map(({ message }) => /^Message-ID: (.*)$/m.exec(message)?.[1]));
  expect(ids.size).toBe(10_000);
});

test("homograph, injected and oversized addresses, and none at all, are counted as failed and never sent", async () => {
  const bad = new Map<number, string | null>([
    [1, "victim@раypal.example"],
    [2, "u-2@people.example\r\nRCPT TO:<everybody@people.example>"],
    [3, `${"a".repeat(64)}@${"b".repeat(200)}.example`],
    [4, null],
    [5, "<script>@people.example"],
    [6, "a@b@people.example"],
    [7, " u-7@people.example"],
  ]);
  const { smtp, sending, counts } = await start({}, 20, {
    contacts: (ordinals) =>
      Promise.resolve(
        new Map(
          ordinals.map((ordinal) => {
            const contact = contactOf(ordinal);
            return [ordinal, bad.has(ordinal) ? { ...contact, email: bad.get(ordinal) ?? null } : contact];
          }),
        ),
      ),
  });
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 13, failed: 7 });
  expect(smtp.arrived).toHaveLength(13);
  const listed = await all(database.ledger.notSent(sending.noticeNo));
  expect(listed.map(({ ordinal, cause }) => `${ordinal} ${cause}`)).toEqual([
    "1 address",
    "2 address",
    "3 address",
    "4 no_contact",
    "5 address",
    "6 address",
    "7 address",
  ]);
});
