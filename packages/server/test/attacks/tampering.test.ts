import { randomBytes } from "node:crypto";
import type { CreatedToken, Incident } from "@cordon/contract";
import { verifyHome, type Verification } from "@cordon/journal-postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DatabaseAdministrator } from "../support/database-administrator.ts";
import { good, TestServer } from "../support/test-server.ts";

interface EventRow {
  readonly seq: string;
  readonly event: string;
  readonly [column: string]: unknown;
}

let server: TestServer;
let database: DatabaseAdministrator;
beforeAll(async () => {
  server = await TestServer.start(3);
  database = await DatabaseAdministrator.at(server.databaseUrl);
  const { id } = good<Incident>(await server.post("author", "/v1/incidents", { title: "as it was" }));
  const measures = [{ id: "m", measure: "reauthenticate", cohort: { everyone: true } }];
  good(await server.post("author", `/v1/incidents/${id}/plans`, { measures }));
  good<CreatedToken>(await server.post("author", "/v1/tokens", { label: "t", days: 1, roles: ["viewer"] }));
  await server.close();
});
afterAll(async () => {
  await database.close();
  await server.end();
});
beforeEach(() => database.query("begin"));

const verify = (): Promise<Verification> =>
  verifyHome({
    home: server.home,
    databaseUrl: server.databaseUrl,
    randomBytes,
    pinnedKey: null,
    checkpoints: [],
  });

/** What the administrator does is committed, looked at, and put back. */
async function foundAfter(change: string, values: readonly unknown[], back: string): Promise<Verification> {
  await database.query(change, values);
  await database.query("commit");
  try {
    return await verify();
  } finally {
    await database.query(back);
  }
}

async function eventOf(type: string): Promise<EventRow> {
  const [row] = await database.query<EventRow>("select * from journal.event where type = $1 limit 1", [type]);
  if (row === undefined) throw new Error(`no ${type}`);
  await database.query("drop table if exists kept");
  await database.query("create table kept as select * from journal.event");
  return row;
}
const back = "begin; delete from journal.event; insert into journal.event select * from kept; commit";

test("an untouched journal verifies", async () => {
  await database.query("commit");
  expect(await verify()).toMatchObject({ verified: true, failure: null });
});

test.each([
  ["an incident's words", "incident-opened", "as it was", "as it never was"],
  ["who drafted a plan", "plan-drafted", '"author"', '"approver"'],
  ["what a token may do", "token-created", '["viewer"]', '["viewer","approver"]'],
])("%s, changed in the database, are found", async (_, type, from, to) => {
  const { seq, event } = await eventOf(type);
  expect(event).toContain(from);
  const change = "update journal.event set event = replace(event, $1, $2) where seq = $3";
  const found = await foundAfter(change, [from, to, seq], back);
  expect(found).toMatchObject({ verified: false, failure: { seq: Number(seq) } });
});

test("an event taken out of the database is found", async () => {
  const { seq } = await eventOf("plan-drafted");
  const found = await foundAfter("delete from journal.event where seq = $1", [seq], back);
  expect(found).toMatchObject({ verified: false, failure: { seq: Number(seq) } });
});

test("an event whose commitment was made anew for it is found", async () => {
  const { seq } = await eventOf("token-created");
  const change = `update journal.event set event = replace(event, '"viewer"', '"approver"'),
    commitment = sha256(salt || convert_to(replace(event, '"viewer"', '"approver"'), 'UTF8')) where seq = $1`;
  const found = await foundAfter(change, [seq], back);
  expect(found).toMatchObject({ verified: false, failure: { seq: Number(seq) } });
});

test("an event put in by hand is found", async () => {
  await eventOf("token-created");
  const change = `insert into journal.event
    select (jsonb_populate_record(e, jsonb_build_object('seq', (select max(seq) + 1 from journal.event),
      'version', e.version + 1000))).* from journal.event e where type = $1 limit 1`;
  const found = await foundAfter(change, ["token-created"], back);
  expect(found.verified).toBe(false);
});
