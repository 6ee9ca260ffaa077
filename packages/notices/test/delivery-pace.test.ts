import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { parsePace, quietUntil, sendPlanned, unpaced, type Pace, type Sending } from "../src/index.ts";
import { globalRate } from "../src/sending/pace.ts";
import { marketZones } from "../src/sending/market-zones.ts";
import { TokenBuckets } from "../src/sending/token-buckets.ts";
import { startLedgerDatabase, type LedgerDatabaseForTests } from "./support/ledger-database.ts";
import { scriptedSmtp, silence, type Script, type ScriptedSmtp } from "./support/scripted-smtp.ts";
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
async function start(script: Script, people: number, over: Partial<Sending>) {
  const smtp: ScriptedSmtp = await scriptedSmtp(script);
  closing.push(() => smtp.close());
  const incidentId = `paced-${++incidents}`;
  const { sending, transport } = await setUp(database.ledger, smtp.port, { incidentId, people, over });
  closing.push(() => transport.close());
  return { smtp, sending, counts: () => database.ledger.counts(sending.noticeNo) };
}

/** Contacts of whom each seventh is at another domain. */
function twoDomains(ordinals: readonly number[]) {
  return Promise.resolve(
    new Map(
      ordinals.map((ordinal) => {
        const domain = ordinal % 7 === 0 ? "Slow.example" : "people.example";
        return [ordinal, { ...contactOf(ordinal), email: `u-${ordinal}@${domain}` }];
      }),
    ),
  );
}

const hour = 3_600_000;
const quiet = { fromMinute: 21 * 60, toMinute: 8 * 60 };

test("quiet hours are those of the market, over midnight, over a change of the clock, and of all its time zones", () => {
  const until = (market: string | null, at: string) => {
    const ms = quietUntil(quiet, market, Date.parse(at));
    return ms === null ? null : new Date(ms).toISOString();
  };
  expect(until("DE", "2026-11-23T19:59:00Z")).toBeNull();
  expect(until("DE", "2026-11-23T20:00:00Z")).toBe("2026-11-24T07:00:00.000Z");
  expect(until("DE", "2026-11-24T06:59:30Z")).toBe("2026-11-24T07:00:00.000Z");
  // Clocks go back, then forward, in the night.
  expect(until("DE", "2026-10-24T20:00:00Z")).toBe("2026-10-25T07:00:00.000Z");
  expect(until("DE", "2026-03-28T21:00:00Z")).toBe("2026-03-29T06:00:00.000Z");
  // Awake in New York, asleep in Honolulu.
  expect(until("US", "2026-11-23T14:00:00Z")).toBe("2026-11-23T18:00:00.000Z");
  expect(until("US", "2026-11-23T19:00:00Z")).toBeNull();
  expect(until("ZZ", "2026-11-23T23:00:00Z")).toBeNull();
  expect(until(null, "2026-11-23T23:00:00Z")).toBeNull();
});

test("quiet hours always end, later than now, and when they end they have ended", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(marketZones)),
      fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2028-01-01") }),
      (market, nowMs) => {
        const untilMs = quietUntil(quiet, market, nowMs);
        if (untilMs === null) return;
        expect(untilMs).toBeGreaterThan(nowMs);
        expect(untilMs - nowMs).toBeLessThanOrEqual(36 * hour);
        expect(quietUntil(quiet, market, untilMs)).toBeNull();
      },
    ),
  );
});

test("a warm-up begins low, rises by its steps, and never exceeds the rate", () => {
  const pace = parsePace({
    perSecond: 100,
    warmUp: {
      from: "2026-11-23T00:00:00Z",
      steps: [
        { after: "0s", perSecond: 1 },
        { after: "24h", perSecond: 10 },
        { after: "48h", perSecond: 1000 },
      ],
    },
  });
  const at = (hours: number) => globalRate(pace, Date.parse("2026-11-23T00:00:00Z") + hours * hour);
  expect([at(-1), at(0), at(23.9), at(24), at(48)]).toEqual([1, 1, 1, 10, 100]);
});

test.each([
  [{ perSecond: 0 }, "perSecond"],
  [{ perMinute: 5 }, "pace.perMinute"],
  [{ quiet: { from: "25:00", to: "08:00" } }, "quiet"],
  [{ quiet: { from: "08:00", to: "08:00" } }, "quiet"],
  [{ warmUp: { from: "soon", steps: [] } }, "warmUp.from"],
  [{ domains: { "a.example": "fast" } }, "a.example"],
  [{ quietExempt: ["everyone"] }, "quietExempt"],
])("a pace that means nothing is refused: %j", (value, name) => {
  expect(() => parsePace(value)).toThrow(expect.objectContaining({ code: "ERR_NOTICE_PACE" }));
  expect(() => parsePace(value)).toThrow(name);
});

test("all senders together take no more from a bucket than its rate gives", async () => {
  const senders = [new TokenBuckets(), new TokenBuckets(), new TokenBuckets()];
  let granted = 0;
  const startMs = Date.parse("2026-11-23T00:00:00Z");
  for (let ms = 0; ms <= 2000; ms += 100) {
    const all = await Promise.all(
      senders.map((buckets) =>
        buckets.take(database.db, [{ scope: "shared", perSecond: 50, wanted: 40 }], startMs + ms),
      ),
    );
    for (const grants of all) granted += grants.get("shared")?.granted ?? 0;
  }
  // Two seconds, and the one second that a full bucket holds.
  expect(granted).toBe(150);
});

/** A clock that runs as fast as it is asked, so that no test waits for a rate. */
function quickClock(startMs: number, stepMs: number): () => number {
  let ms = startMs;
  return () => (ms += stepMs);
}

test("a domain with a rate of its own holds back nobody else", async () => {
  const pace: Pace = { ...unpaced, domains: new Map([["slow.example", 5]]) };
  const { smtp, sending, counts } = await start({}, 210, { pace, contacts: twoDomains });
  const startMs = Date.parse("2026-11-23T00:00:00Z");
  const clock = quickClock(startMs, 20);
  expect(await sendPlanned({ ...sending, clock })).toEqual({ kind: "done" });
  const seconds = (clock() - startMs) / 1000;
  expect(await counts()).toMatchObject({ handed_over: 210 });
  const isSlow = smtp.arrived.map(({ address }) => address.endsWith("@slow.example"));
  expect(isSlow.filter(Boolean)).toHaveLength(30);
  // A full bucket at first, then what the rate gives.
  expect(30).toBeLessThanOrEqual(5 + 5 * seconds);
  expect(isSlow.lastIndexOf(true)).toBeGreaterThan(isSlow.lastIndexOf(false));
});

test("in the quiet hours of their market people wait, the affected do not where they are exempt", async () => {
  const night = Date.parse("2026-11-23T23:00:00Z");
  const contacts: Sending["contacts"] = (ordinals) =>
    Promise.resolve(
      new Map(
        ordinals.map((ordinal) => [
          ordinal,
          { ...contactOf(ordinal), market: ordinal % 2 === 0 ? "DE" : "BR" },
        ]),
      ),
    );
  const pace: Pace = { ...unpaced, quiet, quietExempt: ["affected"] };
  const abort = new AbortController();
  const { smtp, sending, counts } = await start({ onMessage: () => "250 ok" }, 40, {
    pace,
    contacts,
    clock: () => night,
    signal: abort.signal,
  });
  const sent = sendPlanned(sending);
  while ((await counts()).handed_over < 21) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 50));
  abort.abort();
  await sent;
  // The affected person 0 is in Germany, and Brazil is awake.
  expect(smtp.arrived).toHaveLength(21);
  expect(smtp.arrived[0]?.address).toBe("u-0@people.example");
  const due = await database.rows(`select due_at from notices.block where notice_no = ${sending.noticeNo}`);
  expect(due).toEqual([{ due_at: new Date("2026-11-24T07:00:00.000Z") }]);
  const morning = {
    ...sending,
    clock: () => Date.parse("2026-11-24T07:00:01Z"),
    signal: new AbortController().signal,
  };
  expect(await sendPlanned(morning)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 40 });
});

test("a domain that greylists is held as a whole, answers 421, 452 and 550 by domain are told apart, and everybody else gets theirs", async () => {
  const tries = new Map<string, number>();
  const reply: Record<string, (nth: number) => string> = {
    "grey.example": (nth) => (nth < 2 ? "451 4.7.1 greylisted, come again" : "250 ok"),
    "busy.example": (nth) => (nth < 2 ? "421 4.3.2 too busy" : "250 ok"),
    "full.example": () => "452 4.2.2 mailbox full",
    "gone.example": () => "550 5.1.1 no such user",
    "people.example": () => "250 ok",
  };
  const domains = Object.keys(reply);
  const { sending, counts } = await start(
    {
      onRecipient: (address) => {
        const nth = (tries.get(address) ?? 0) + 1;
        tries.set(address, nth);
        return reply[address.slice(address.indexOf("@") + 1)]?.(nth) ?? "250 ok";
      },
    },
    200,
    {
      contacts: (ordinals) =>
        Promise.resolve(
          new Map(
            ordinals.map((ordinal) => [
              ordinal,
              { ...contactOf(ordinal), email: `u-${ordinal}@${domains[ordinal % domains.length]}` },
            ]),
          ),
        ),
    },
  );
  expect(await sendPlanned(sending)).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 120, failed: 80, unknown: 0, planned: 0 });
  const causes = new Map<string, number>();
  for await (const { cause, status, replyCode } of database.ledger.notSent(sending.noticeNo)) {
    const key = `${cause} ${replyCode} ${status}`;
    causes.set(key, (causes.get(key) ?? 0) + 1);
  }
  expect(Object.fromEntries(causes)).toEqual({ "deferred 452 4.2.2": 40, "refused 550 5.1.1": 40 });
});

test("a tarpit costs its own message only, and whether it is sent is known", async () => {
  const { sending, counts, smtp } = await start(
    { onRecipient: (address) => (address === "u-5@people.example" ? silence : "250 ok") },
    60,
    { retry: { attemptsMax: 1, firstDelayMs: 20, delayMaxMs: 40 } },
  );
  const { smtpTransport, parseSmtpUrl } = await import("../src/index.ts");
  const transport = smtpTransport({
    server: parseSmtpUrl(`smtp://127.0.0.1:${smtp.port}`),
    connections: 2,
    // Once for the one in the tarpit, and long for all others, which share a machine with it.
    messageTimeoutMs: 4_000,
  });
  closing.push(() => transport.close());
  expect(await sendPlanned({ ...sending, transport })).toEqual({ kind: "done" });
  expect(await counts()).toMatchObject({ handed_over: 59, failed: 1, unknown: 0 });
});
