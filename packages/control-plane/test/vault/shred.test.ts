import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withVault } from "@cordon/control-plane";
import { showEntries, verifyHome } from "@cordon/journal-postgres";
import { isJsonObject, type JsonObject } from "@cordon/model";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import pg from "pg";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mapPersonal } from "../../src/vault/personal-fields.ts";
import { eraseIncident } from "../../src/vault/erase-incident.ts";
import { openBytes, sealBytes } from "../../src/vault/seal.ts";

const start = Date.UTC(2014, 4, 27);
const names = ["acct-needle-1", "acct-needle-2", "203.0.113.77"];

let folder: string;
let home: string;
let postgres: TestPostgres;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cordon-vault-"));
  home = join(folder, "home");
  postgres = await startTestPostgres();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const place = () => ({ home, databaseUrl: postgres.url, clock: () => start, randomBytes });
const by = "ada";

function events(incidentId: string): { type: string; data: JsonObject }[] {
  const opened = { type: "incident-opened", data: { by, incidentId, title: "t" } };
  const asked = {
    type: "question-asked",
    data: { by, questionDigest: "sha256:00", question: { suspect: [{ address: "203.0.113.77" }] }, map: {} },
  };
  const note = {
    type: "note-added",
    data: { by, noteId: "n", text: "acct-needle-1 rang", occurredAt: null },
  };
  const answer = {
    type: "notice-drafted",
    data: {
      by,
      noticeId: "x",
      edition: 1,
      factSheet: { statements: [] },
      factSheetDigest: "",
      affected: names,
    },
  };
  const closed = {
    type: "stage-moved",
    data: { by, from: "detected", to: "closed", because: "over" },
  };
  return [opened, asked, note, answer, closed];
}

const record = (incidentId: string) =>
  withVault(place(), async ({ journal }) => journal.append(`incident/${incidentId}`, 0, events(incidentId)));

/** Everything that a copy of the database without HOME/keys would show. */
async function rested(): Promise<string> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  const { rows } = await client.query(
    "select event from journal.event union all select wrapped::text from control_plane.incident_key",
  );
  await client.end();
  return JSON.stringify(rows);
}

const shown = async () => {
  const all = [];
  for await (const entry of showEntries({ ...place(), seqs: "all" })) all.push(entry);
  return all;
};
const verified = () => verifyHome({ ...place(), pinnedKey: null, checkpoints: [] });

test("personal data rests sealed with a key of its incident: whoever has the database alone reads no name, and the log verifies", async () => {
  await record("one");
  const text = await rested();
  for (const name of names) expect(text).not.toContain(name);
  expect(text).toContain("sealed");
  expect(await verified()).toMatchObject({ verified: true });
  const read = await withVault(place(), ({ journal }) => journal.read("incident/one"));
  expect(read.map(({ type, data }) => ({ type, data }))).toEqual(events("one"));
  for (const file of readdirSync(join(home, "journal"), { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = readFileSync(join(file.parentPath, file.name), "latin1");
    for (const name of names) expect(bytes).not.toContain(name);
  }
});

/** As the servers' worker does it, once two have agreed. */
const erase = (incidentId: string) =>
  withVault(place(), (at) => eraseIncident(at, incidentId, "retention over"));

test("what an incident holds of people is erased, and nothing else; cut short, it is done again", async () => {
  await record("two");
  await expect(erase("two")).resolves.toBe(3);
  await expect(erase("two")).resolves.toBe(0);
});

test("decisions from before, in a stream of their own, are read as decisions on their incident", async () => {
  await record("four");
  const old = { by, incidentId: "four" };
  const retention = await withVault(place(), async ({ journal, record: read }) => {
    await journal.append("retention/four", "any", [
      { type: "retention-set", data: { ...old, days: 30 } },
      { type: "legal-hold-set", data: { ...old, by: "counsel", reason: "court order 7" } },
    ]);
    await read.catchUp();
    return read.incident("four")?.retention;
  });
  expect(retention).toMatchObject({
    set: { by, days: 30 },
    hold: { by: "counsel", because: "court order 7" },
  });
});

test("what is shredded is null with erasedBy in `show`, counts as erased in `verify`, and what was decided stays", async () => {
  const all = await shown();
  const own = all.map((one) => ({
    ...one,
    entry: JSON.parse(one.entry) as { type: string; stream: string },
  }));
  const of = (stream: string) => own.filter(({ entry }) => entry.stream === stream);
  for (const { entry, salt, event, erasedBy } of of("incident/two")) {
    const personal = ["question-asked", "note-added", "notice-drafted"].includes(entry.type);
    expect(event === null && salt === null, entry.type).toBe(personal);
    if (personal) expect(own[erasedBy ?? -1]?.entry.type).toBe("event-erased");
  }
  expect(await verified()).toMatchObject({ verified: true, events: { erased: 3 } });
  const kept = await withVault(place(), async (at) => ({
    incident: at.record.incident("two"),
    other: await at.journal.read("incident/one"),
  }));
  expect(kept.incident).toMatchObject({ stage: "closed" });
  // The other incident has a key of its own.
  expect(kept.other.map(({ type, data }) => ({ type, data }))).toEqual(events("one"));
});

test("a copy of the database from before is unreadable once the key has gone", async () => {
  await record("three");
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query("create table kept as select * from journal.event where stream = 'incident/three'");
  await erase("three");
  const { rows } = await client.query<{ event: string }>("select event from kept");
  const text = JSON.stringify(rows);
  for (const name of names) expect(text).not.toContain(name);
  const { rowCount } = await client.query(
    "select from control_plane.incident_key where incident_id = 'three'",
  );
  expect(rowCount).toBe(0);
  // Put back, it stays closed: the home has nothing to open it with.
  await client.end();
});

test("sealed bytes open with their key in their context alone, and not when one bit was changed", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.string(), fc.nat(), (plain, context, at) => {
      const key = randomBytes(32);
      const sealed = sealBytes({ key, plain, context, randomBytes });
      expect(Buffer.from(openBytes(key, sealed, context) ?? [1])).toEqual(Buffer.from(plain));
      expect(openBytes(randomBytes(32), sealed, context)).toBeNull();
      expect(openBytes(key, sealed, `${context}x`)).toBeNull();
      const changed = Uint8Array.from(sealed);
      const i = at % changed.length;
      changed[i] = (changed[i] ?? 0) ^ (1 << (at % 8));
      expect(openBytes(key, changed, context)).toBeNull();
    }),
    { numRuns: 60 },
  );
});

test("every place that names people is found, wherever it stands, and nothing else is touched", () => {
  const data = {
    accounts: { kind: "exactly", atLeast: 1, atMost: 1 },
    answer: { accountIds: ["a"], decoysTouched: [], answerDigest: "d" },
    measures: [{ id: "m", cohort: { union: [{ accounts: ["b"] }, { answer: "d" }] } }],
    accountIds: null,
  };
  const seen: unknown[] = [];
  const mapped = mapPersonal("answer-recorded", data, (value) => {
    seen.push(value);
    return "gone";
  });
  expect(seen).toEqual([["a"], ["b"]]);
  expect(isJsonObject(mapped) ? mapped["accounts"] : null).toEqual(data.accounts);
  expect(JSON.stringify(mapped)).not.toMatch(/"[ab]"/);
});
