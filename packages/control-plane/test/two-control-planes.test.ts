import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "@cordon/contract";
import {
  askApproval,
  draftPlan,
  giveApproval,
  openControlPlane,
  openIncident,
  readIncident,
  readPlan,
  recordDecision,
  type Caller,
  type ControlPlane,
} from "@cordon/control-plane";
import type { Role } from "@cordon/response";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
let postgres: TestPostgres;
let first: ControlPlane;
let second: ControlPlane;
const notes: string[] = [];

const roles = new Map<string, readonly Role[]>([
  ["author", ["investigator", "responder"]],
  ["approver", ["approver"]],
  ["second-approver", ["approver"]],
]);
const callerOf = (operator: string): Caller => ({
  operator,
  roles: roles.get(operator) ?? [],
  idempotencyKey: null,
});
const author = callerOf("author");
const approver = callerOf("approver");
const secondApprover = callerOf("second-approver");

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
      operators: { roles: () => Promise.resolve(roles) },
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
      recordDecision(i % 2 === 0 ? first : second, approver, id, { statement, because: "b" }),
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
    await recordDecision(first, approver, id, { statement, because: "b" });
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
  await recordDecision(second, approver, id, { statement: "after", because: "b" });
  expect((await readIncident(first, id)).decisions).toHaveLength(2);
});

test("the same key through both acts once", async () => {
  const caller = { ...author, idempotencyKey: "k" };
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
  // The first asking fetches the directory: two homes in one folder would be in each other's way.
  const digests: string[] = [];
  for (const plan of plans)
    digests.push((await askApproval(first, author, id, plan.id, { act: "plan" })).asked?.digest ?? "");
  await Promise.all(
    plans.flatMap((plan, i) => {
      const [one, other] = i % 2 === 0 ? [first, second] : [second, first];
      const body = { digest: digests[i] ?? "" };
      return [
        giveApproval(one, approver, id, plan.id, body),
        giveApproval(other, secondApprover, id, plan.id, body),
      ];
    }),
  );
  for (const plan of plans) {
    while ((await readPlan(first, id, plan.id)).state !== "in-force")
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await second.record.catchUp();
  second.wake();
  while (first.bundles.namedVersion !== second.record.bundle()?.version)
    await new Promise((resolve) => setTimeout(resolve, 20));
  while (second.bundles.namedVersion !== second.record.bundle()?.version)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const events = (await first.journal.read("bundles")).map((event) => Number(event.data?.["version"]));
  expect(events).toEqual(events.map((_, i) => i + 1));
  const files = await readdir(join(folder, "home", "bundles"));
  // The freshness stamp stands beside them, and what the other one is just fetching.
  expect(files.filter((name) => !/^(freshness|joined-)/.test(name)).sort()).toEqual(
    events.map((version) => `${version}.bundle`),
  );
  expect(
    first.record
      .bundle()
      ?.rules.map((rule) => rule.id)
      .sort(),
  ).toEqual(["a", "b", "c"]);
});
