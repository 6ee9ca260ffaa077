import { readFile } from "node:fs/promises";
import { startTestPostgres } from "@cordon/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { audiences, DeliveryLedger, deliveryStates, migrateNotices, type NotSent } from "../src/index.ts";
import { PackedBlock, peoplePerBlock, readLow } from "../src/ledger/packed-block.ts";
import { connect } from "./support/ledger-database.ts";

test("a block says of each person what was last written, and its summary counts them all", () => {
  const change = fc.record({
    index: fc.nat(peoplePerBlock - 1),
    audience: fc.constantFrom(...audiences),
    state: fc.constantFrom(...deliveryStates),
    set: fc.nat(255),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const block = new PackedBlock();
      const expected = new Map<number, (typeof changes)[number]>();
      for (const one of changes) {
        block.plan(one.index, one.audience);
        block.setState(one.index, one.state);
        block.setStatementSet(one.index, one.set);
        expected.set(one.index, one);
      }
      const copy = new PackedBlock(Buffer.from(block.bytes));
      for (let index = 0; index < peoplePerBlock; index++) {
        const one = expected.get(index);
        expect(copy.state(index)).toBe(one?.state ?? null);
        expect(copy.audience(index)).toBe(one?.audience ?? null);
        expect(copy.statementSet(index)).toBe(one?.set ?? 0);
      }
      const { tally, open } = block.summary();
      const counted = new Map<string, number>();
      for (let at = 0; at < tally.length; at += 2) {
        const { audience, state } = readLow(tally[at] ?? 0);
        counted.set(`${audience} ${state}`, tally[at + 1] ?? 0);
      }
      const wanted = new Map<string, number>();
      for (const { audience, state } of expected.values())
        wanted.set(`${audience} ${state}`, (wanted.get(`${audience} ${state}`) ?? 0) + 1);
      expect(counted).toEqual(wanted);
      const isOpen = ({ state }: { state: string }) => state === "planned" || state === "leased";
      expect(open).toBe([...expected.values()].filter(isOpen).length);
    }),
    { numRuns: 50 },
  );
});

test("a ledger of one row a person is packed with every fate as it was; what was in flight is unknown", async () => {
  const postgres = await startTestPostgres();
  const { db, pool, close } = connect(postgres.url);
  await pool.query("create schema notices");
  await pool.query(
    "create table notices.migration (name text primary key, applied_at timestamptz not null default now())",
  );
  await pool.query(
    await readFile(new URL("../migrations/0001-delivery-ledger.sql", import.meta.url), "utf8"),
  );
  await pool.query("insert into notices.migration (name) values ('0001-delivery-ledger')");
  await pool.query(`
    insert into notices.notice (incident_id, edition, manifest_digest, salt, unreachable, created_at, planned_at)
    values ('old', 1, 'sha256:old', '\\x00000000000000000000000000000000', '{u-gone}', now(), now())`);
  await pool.query(`
    insert into notices.delivery (notice_no, ordinal, audience, state, cause, attempts, reply_code)
    select 1, i, case when i = 700 then 'affected' else 'general' end::notices.audience,
      (array['planned','delivered','failed','unknown','sending'])[i % 5 + 1]::notices.delivery_state,
      case i % 5 when 2 then 'refused' when 3 then 'reply_lost' end::notices.delivery_cause, i % 5, case i % 5 when 2 then 550 end
    from generate_series(0, 1199) i where i <> 13`);
  await migrateNotices(db);
  const ledger = new DeliveryLedger(db, () => 0);
  expect(await ledger.counts(1)).toMatchObject({
    planned: 240,
    leased: 0,
    handed_over: 240,
    failed: 240,
    unknown: 479,
    affected: { planned: 1 },
    unreachable: 1,
  });
  const people: NotSent[] = [];
  for await (const person of ledger.notSent(1)) people.push(person);
  expect(people).toHaveLength(1 + 959);
  expect(people.slice(1, 4)).toMatchObject([
    { ordinal: 0, state: "planned", cause: null },
    { ordinal: 2, state: "failed", cause: "refused", replyCode: 550, attempts: 2 },
    { ordinal: 3, state: "unknown", cause: "reply_lost" },
  ]);
  expect(people.find(({ ordinal }) => ordinal === 4)).toMatchObject({
    state: "unknown",
    cause: "worker_lost",
  });
  await close();
  await postgres.stop();
});
