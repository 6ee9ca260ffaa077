import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateNotices, type NotSent, type NoticeToPlan } from "../src/index.ts";
import { startLedgerDatabase, type LedgerDatabaseForTests } from "./support/ledger-database.ts";

let database: LedgerDatabaseForTests;
beforeAll(async () => {
  database = await startLedgerDatabase();
});
afterAll(() => database.stop());

function notice(incidentId: string, over: Partial<NoticeToPlan> = {}): NoticeToPlan {
  return {
    incidentId,
    edition: 1,
    manifestDigest: "sha256:aa",
    salt: new Uint8Array(16).fill(7),
    affected: [3],
    general: [[0, 1, 2, 3, 4]],
    unreachable: [],
    ...over,
  };
}

async function listed(noticeNo: number): Promise<NotSent[]> {
  const people: NotSent[] = [];
  for await (const person of database.ledger.notSent(noticeNo)) people.push(person);
  return people;
}

test("migrating again, and twice at once, changes nothing", async () => {
  await Promise.all([migrateNotices(database.db), migrateNotices(database.db)]);
});

test("each person gets one message: the affected are not among the general", async () => {
  const { noticeNo } = await database.ledger.plan(notice("one"));
  expect(await database.ledger.counts(noticeNo)).toMatchObject({
    planned: 5,
    affected: { planned: 1 },
    general: { planned: 4 },
  });
  const people = await listed(noticeNo);
  expect(people.map(({ ordinal, audience }) => `${ordinal} ${audience}`)).toEqual([
    "0 general",
    "1 general",
    "2 general",
    "3 affected",
    "4 general",
  ]);
});

test("somebody who is named twice is planned once", async () => {
  const { noticeNo } = await database.ledger.plan(
    notice("twice", {
      affected: [1, 1],
      general: [
        [1, 2],
        [2, 2, 3],
      ],
    }),
  );
  expect(await database.ledger.counts(noticeNo)).toMatchObject({ planned: 3, affected: { planned: 1 } });
});

test("planning that broke off goes on and plans everybody exactly once", async () => {
  async function* breaksOff(): AsyncGenerator<readonly number[]> {
    yield Array.from({ length: 25_000 }, (_, i) => i);
    await Promise.resolve();
    throw new Error("power cut");
  }
  await expect(database.ledger.plan(notice("crash", { general: breaksOff() }))).rejects.toThrow("power cut");
  const cut = await database.ledger.find("crash", 1);
  expect(cut?.planned).toBe(false);
  const salt = new Uint8Array(16).fill(9);
  const whole = { general: [Array.from({ length: 30_000 }, (_, i) => i)], salt };
  const planned = await database.ledger.plan(notice("crash", whole));
  expect(planned).toMatchObject({ noticeNo: cut?.noticeNo, planned: true });
  // The Message-IDs stay what they were.
  expect([...planned.salt]).toEqual([...new Uint8Array(16).fill(7)]);
  expect(await database.ledger.counts(planned.noticeNo)).toMatchObject({
    planned: 30_000,
    affected: { planned: 1 },
  });
  const again = await database.ledger.plan(notice("crash", whole));
  expect(again).toMatchObject({ noticeNo: planned.noticeNo, planned: true });
  expect(await database.ledger.counts(planned.noticeNo)).toMatchObject({ planned: 30_000 });
});

test("another manifest for the same edition is refused, another edition is not", async () => {
  const first = await database.ledger.plan(notice("same"));
  await expect(database.ledger.plan(notice("same", { manifestDigest: "sha256:bb" }))).rejects.toThrow(
    expect.objectContaining({ code: "ERR_NOTICE_CONFLICT" }),
  );
  const second = await database.ledger.plan(notice("same", { manifestDigest: "sha256:bb", edition: 2 }));
  expect(second.noticeNo).not.toBe(first.noticeNo);
});

test("people whom the directory lacks are counted and listed as not sent to", async () => {
  const { noticeNo } = await database.ledger.plan(
    notice("gone", { unreachable: ["u-gone", 'u-{left},"it"'] }),
  );
  expect(await database.ledger.counts(noticeNo)).toMatchObject({ unreachable: 2, planned: 5 });
  const people = await listed(noticeNo);
  expect(people.slice(0, 2).map(({ accountId, state }) => [accountId, state])).toEqual([
    ["u-gone", "unreachable"],
    ['u-{left},"it"', "unreachable"],
  ]);
  expect(people).toHaveLength(7);
});

test("an unknown notice is an error, not an empty one", async () => {
  await expect(database.ledger.counts(999_999)).rejects.toThrow(
    expect.objectContaining({ code: "ERR_NOTICE_UNKNOWN" }),
  );
  await expect(database.ledger.read(999_999)).rejects.toThrow(
    expect.objectContaining({ code: "ERR_NOTICE_UNKNOWN" }),
  );
  expect(await database.ledger.find("nowhere", 1)).toBeNull();
});

test("a stop stands with its first reason until it is taken back", async () => {
  const { noticeNo } = await database.ledger.plan(notice("stop"));
  await database.ledger.stop(noticeNo, "the claim fell");
  await database.ledger.stop(noticeNo, "again");
  expect((await database.ledger.read(noticeNo)).stopped).toMatchObject({ reason: "the claim fell" });
  expect((await database.ledger.plan(notice("stop"))).stopped).toMatchObject({ reason: "the claim fell" });
  await database.ledger.resume(noticeNo);
  expect((await database.ledger.read(noticeNo)).stopped).toBeNull();
});

test("what is on record tells nothing about a person but the ordinal", async () => {
  const columns = await database.rows(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = 'notices' and table_name in ('block', 'detail') order by 1`,
  );
  expect(columns.map((column) => column["name"])).toEqual([
    ...[
      "affected_open",
      "block_no",
      "changed_at",
      "due_at",
      "notice_no",
      "open",
      "sender_no",
      "states",
      "tally",
    ].map((name) => `block.${name}`),
    "block.version",
    ...[
      "attempts",
      "cause",
      "changed_at",
      "due_at",
      "notice_no",
      "ordinal",
      "reply_code",
      "sender_no",
      "status",
    ].map((name) => `detail.${name}`),
  ]);
});
