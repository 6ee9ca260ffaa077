import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { parseDataMap } from "@cordon/evidence";
import { parseQuestion } from "@cordon/scope";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { importEvidence, runScope, type ScopeResult } from "../../src/index.ts";

const map = parseDataMap({
  version: 1,
  stores: { profiles: { classes: ["user.name"], accounts: "all" } },
  sources: {
    api: {
      format: "jsonl",
      store: "profiles",
      fields: { time: "ts", id: "id", actor: "who", operation: "op", outcome: "status", sequence: "seq" },
      succeeded: { status: [200] },
      operations: {
        get: { account: "user", classes: ["user.name"] },
        list: { accounts: "users", classes: ["user.name"] },
        count: { rows: "n", classes: ["user.name"] },
      },
      coverage: { from: "2014-05-01T00:00:00Z", to: "2014-06-30T00:00:00Z", proof: "sequence", skew: "1s" },
    },
  },
});
const firstDayMs = Date.UTC(2014, 4, 10);
const days = 6;

/** A hundred lines a day, from midnight on. */
function linesOfDay(day: number): string {
  return Array.from({ length: 100 }, (_, index) => {
    const number = day * 100 + index;
    const event =
      number % 10 === 0
        ? { op: "list", users: [`u-${number % 70}`, `v-${day}`] }
        : number % 10 === 1
          ? { op: "count", n: day }
          : { op: "get", user: `u-${number % 170}` };
    const time = new Date(firstDayMs + day * 86_400_000 + index * 800_000).toISOString();
    const line = { ts: time, id: `r-${number}`, who: `w-${number % 3}`, seq: number, ...event };
    return `${JSON.stringify({ ...line, status: number % 9 === 0 ? 403 : 200 })}\n`;
  }).join("");
}

let folder: string;
let evidenceFolder: string;
let lakeFolder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cordon-tally-"));
  evidenceFolder = path.join(folder, "evidence");
  lakeFolder = path.join(folder, "lake");
  await mkdir(path.join(evidenceFolder, "api"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

async function bringDay(day: number, talliedEventsMin = 1): Promise<void> {
  await writeFile(path.join(evidenceFolder, "api", `${String(day).padStart(2, "0")}.jsonl`), linesOfDay(day));
  await importEvidence({ map, evidenceFolder, lakeFolder, limits: { talliedEventsMin } });
}

interface Asked {
  readonly suspect: readonly Readonly<Record<string, string>>[];
  readonly from?: string;
  readonly to?: string;
  readonly decoys?: readonly string[];
  readonly population?: number;
}

function ask(of: "evidence" | "lake", asked: Asked): Promise<ScopeResult> {
  const { suspect, from = "2014-05-01", to = "2014-06-01", decoys = [], population = 1000 } = asked;
  return runScope({
    map,
    question: parseQuestion({
      window: { from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` },
      suspect,
      decoys,
    }),
    population,
    workFolder: folder,
    ...(of === "lake" ? { lakeFolder } : { evidenceFolder }),
  });
}

async function expectSame(asked: Asked): Promise<void> {
  const [raw, stored] = [await ask("evidence", asked), await ask("lake", asked)];
  expect({ answer: stored.answer, findings: stored.findings }).toEqual({
    answer: raw.answer,
    findings: raw.findings,
  });
}

async function filesOf(kind: "events" | "tallies" | "accounts"): Promise<readonly string[]> {
  const found = await readdir(path.join(lakeFolder, kind), { recursive: true });
  return found
    .filter((name) => name.endsWith(".parquet"))
    .sort()
    .map((name) => path.join(lakeFolder, kind, name));
}

const allOperations = [{ operation: "get" }, { operation: "list" }, { operation: "count" }];

describe("a question that knows the suspects by operation and outcome alone", () => {
  test.each<readonly [string, Asked]>([
    ["of all operations", { suspect: allOperations }],
    ["of one operation", { suspect: [{ operation: "list" }] }],
    ["of an outcome", { suspect: [{ outcome: "403" }] }],
    ["of both", { suspect: [{ operation: "get", outcome: "200" }, { outcome: "403" }] }],
    ["of a field that the source does not have", { suspect: [{ session: "x", operation: "get" }] }],
    ["amid the days", { suspect: allOperations, from: "2014-05-11", to: "2014-05-14" }],
    ["with decoys", { suspect: allOperations, decoys: ["u-7", "v-3"] }],
    ["of more people than there are", { suspect: allOperations, population: 5 }],
    ["of nothing that was done", { suspect: [{ operation: "drop" }] }],
  ])("%s has the answer of the raw lines", async (_, asked) => {
    // The last two days have no tally: their accounts, some of them new, are read.
    for (let day = 0; day < days; day += 1) await bringDay(day, day < days - 2 ? 1 : 1000);
    await expectSame(asked);
  });

  test("does not read the events of a part that lies inside the window", async () => {
    for (let day = 0; day < 4; day += 1) await bringDay(day);
    const before = await ask("lake", { suspect: allOperations });
    for (const file of await filesOf("events")) await truncate(file, 0);
    expect((await ask("lake", { suspect: allOperations })).answer).toEqual(before.answer);
    await expect(ask("lake", { suspect: [{ actor: "w-1" }] })).rejects.toThrow();
  });
});

test("many files of account numbers become one, and the numbers stay", async () => {
  for (let day = 0; day < 20; day += 1) await bringDay(day);
  expect((await filesOf("accounts")).length).toBeLessThan(10);
  expect(await filesOf("tallies")).toHaveLength(20);
  await expectSame({ suspect: allOperations });
});

test("a lake of version 2 is asked, and gets tallies from the next import on", async () => {
  for (let day = 0; day < 3; day += 1) await bringDay(day, 1000);
  const file = path.join(lakeFolder, "manifest.json");
  // Version 2 named neither accounts nor tallies.
  const manifest: unknown = JSON.parse(await readFile(file, "utf8"), (key, value: unknown) =>
    key === "accounts" || key === "tally" ? undefined : key === "version" ? 2 : value,
  );
  await writeFile(file, JSON.stringify(manifest));
  await expectSame({ suspect: allOperations });
  await bringDay(3);
  expect(await filesOf("tallies")).toHaveLength(1);
  await expectSame({ suspect: allOperations });
});
