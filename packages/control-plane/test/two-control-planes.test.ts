import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "@cordon/contract";
import {
  approvePlan,
  draftPlan,
  openControlPlane,
  openIncident,
  readIncident,
  readPlan,
  recordDecision,
  type ControlPlane,
} from "@cordon/control-plane";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
let postgres: TestPostgres;
let first: ControlPlane;
let second: ControlPlane;
const notes: string[] = [];

const author = { operator: "author", idempotencyKey: null };
const approver = { operator: "approver", idempotencyKey: null };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-planes-"));
  postgres = await startTestPostgres();
  const accounts = join(folder, "accounts.csv");
  await writeFile(accounts, "account_id,created_at,market,locale\nu-1,2013-01-01T00:00:00Z,SE,en\n");
  const open = () =>
    openControlPlane({
      home: join(folder, "home"),
      databaseUrl: postgres.url,
      directory: { accounts, installations: null, token: null },
      mail: null,
      clock: () => Date.now(),
      randomBytes,
      onNote: (note) => notes.push(note),
    });
  first = await open();
  second = await open();
});
afterAll(async () => {
  await first.close();
  await second.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

test("commands on one incident through two control planes are all recorded, each once", async () => {
  const { id } = await openIncident(first, author, { title: "t" });
  const statements = Array.from({ length: 12 }, (_, i) => `decision ${i}`);
  await Promise.all(
    statements.map((statement, i) =>
      recordDecision(i % 2 === 0 ? first : second, author, id, { statement, because: "b" }),
    ),
  );
  const seen = await Promise.all(
    [first, second].map(async (plane) => (await readIncident(plane, id)).decisions),
  );
  expect(seen[0]?.map((decision) => decision.statement).sort()).toEqual(statements.sort());
  expect(seen[1]).toEqual(seen[0]);
});

test("what was erased from the journal is not in either's memory any more, and the rest stands", async () => {
  const { id } = await openIncident(first, author, { title: "t" });
  for (const statement of ["stays", "goes"])
    await recordDecision(first, author, id, { statement, because: "b" });
  await readIncident(second, id);
  const found = (await first.journal.read(`incident/${id}`)).find(
    (event) => event.data?.["statement"] === "goes",
  );
  await first.journal.erase(found?.seq ?? -1, "asked for");
  for (const plane of [first, second]) {
    expect((await readIncident(plane, id)).decisions.map((decision) => decision.statement)).toEqual([
      "stays",
    ]);
  }
  await recordDecision(second, author, id, { statement: "after", because: "b" });
  expect((await readIncident(first, id)).decisions).toHaveLength(2);
});

test("the same key through both acts once", async () => {
  const caller = { operator: "author", idempotencyKey: "k" };
  const ids = await Promise.all(
    [first, second, first].map(async (plane) => (await openIncident(plane, caller, { title: "once" })).id),
  );
  expect(new Set(ids).size).toBe(1);
});

test("no version is in force twice, and both serve the one that the journal names", async () => {
  const { id } = await openIncident(first, author, { title: "t" });
  const plans: Plan[] = [];
  for (const measure of ["a", "b", "c"]) {
    plans.push(
      await draftPlan(first, author, id, {
        measures: [{ id: measure, measure: "reauthenticate", cohort: { everyone: true } }],
      }),
    );
  }
  await Promise.all(plans.map((plan, i) => approvePlan(i % 2 === 0 ? first : second, approver, id, plan.id)));
  for (const plan of plans) {
    while ((await readPlan(first, id, plan.id)).state !== "in-force")
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await second.record.catchUp();
  second.wake();
  while (second.bundles.served?.sha256 !== second.record.bundle()?.sha256)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const events = (await first.journal.read("bundles")).map((event) => Number(event.data?.["version"]));
  expect(events).toEqual(events.map((_, i) => i + 1));
  const files = await readdir(join(folder, "home", "bundles"));
  // The freshness stamp stands beside them.
  expect(files.filter((name) => !name.startsWith("freshness")).sort()).toEqual(
    events.map((version) => `${version}.bundle`),
  );
  expect(
    first.record
      .bundle()
      ?.rules.map((rule) => rule.id)
      .sort(),
  ).toEqual(["a", "b", "c"]);
});
