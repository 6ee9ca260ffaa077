import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  truncate,
  unlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import { parseDataMap } from "@cordon/evidence";
import { importEvidence, runScope, type ScopeResult } from "@cordon/lake";
import { parseQuestion } from "@cordon/scope";
import { hiddenIncident, packFiles, SeededRandom } from "@cordon/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const mapJson = {
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
      },
      coverage: { from: "2014-05-19T00:00:00Z", to: "2014-05-24T00:00:00Z", proof: "sequence" },
    },
  },
};
const map = parseDataMap(mapJson);
const question = parseQuestion({
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-22T00:00:00Z" },
  suspect: [{ actor: "intruder" }],
  decoys: ["u-7"],
});

/** Lines with numbers from `first`, a second apart over days; every seventh is the intruder's. */
function lines(first: number, count: number): string {
  let text = "";
  for (let number = first; number < first + count; number += 1) {
    const time = new Date(Date.UTC(2014, 4, 19, 12) + number * 20_000).toISOString();
    const who = number % 7 === 0 ? "intruder" : `svc-${number % 50}`;
    const event =
      number % 11 === 0
        ? { op: "list", users: [`u-${number % 500}`, `u-${(number * 3) % 500}`] }
        : { op: "get", user: `u-${number % 900}` };
    text += `${JSON.stringify({ ts: time, id: `r-${number}`, who, status: number % 13 === 0 ? 403 : 200, seq: number, ...event })}\n`;
  }
  return text;
}

let folder: string;
let evidence: string;
let lake: string;
const small = { batchRows: 3000, partsOfDayMax: 3, talliedEventsMin: 1, keptRows: 100 };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cordon-import-"));
  evidence = path.join(folder, "evidence");
  lake = path.join(folder, "lake");
  await mkdir(path.join(evidence, "api"), { recursive: true });
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function log(name: string): string {
  return path.join(evidence, "api", name);
}

async function bring(): ReturnType<typeof importEvidence> {
  return importEvidence({ map, evidenceFolder: evidence, lakeFolder: lake, limits: small });
}

async function ask(from: { evidenceFolder: string } | { lakeFolder: string }): Promise<ScopeResult> {
  return runScope({
    map,
    question,
    ...from,
    population: 1000,
    workFolder: folder,
    eventsMax: 20_000,
    limits: small,
  });
}

/** The lake answers as the raw logs do, in every field, and lists the same events. */
async function expectSame(): Promise<void> {
  const raw = await ask({ evidenceFolder: evidence });
  const stored = await ask({ lakeFolder: lake });
  expect(stored.answer).toEqual(raw.answer);
  expect(stored.events).toEqual(raw.events);
}

async function filesOf(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((name) => name !== "import.lock")
    .sort();
}

test("`cordon scope` works on raw files and on the lake with the same `answerDigest`", async () => {
  await writeFile(log("a.jsonl"), lines(0, 9000));
  await writeFile(log("b.jsonl.gz"), gzipSync(`${lines(8000, 4000)}torn line\n\n`));
  const counts = await bring();
  expect(counts).toMatchObject({ filesRead: 2, events: 12_000, duplicates: 1000, rejected: 1 });
  await expectSame();
});

test("the same file twice changes nothing", async () => {
  await writeFile(log("a.jsonl"), lines(0, 5000));
  await bring();
  const before = await readFile(path.join(lake, "manifest.json"));
  const files = await filesOf(lake);
  expect(await bring()).toMatchObject({ filesRead: 0, filesKnown: 1, lines: 0, events: 0 });
  expect(await readFile(path.join(lake, "manifest.json"))).toEqual(before);
  expect(await filesOf(lake)).toEqual(files);
});

test("of a file that has grown only what was added is read", async () => {
  await writeFile(log("a.jsonl"), lines(0, 5000));
  await bring();
  await appendFile(log("a.jsonl"), lines(5000, 2000));
  expect(await bring()).toMatchObject({ filesRead: 1, lines: 2000, events: 2000 });
  await expectSame();
});

test("a file that was renamed or packed since is no new evidence", async () => {
  await writeFile(log("a.jsonl"), lines(0, 3000));
  await bring();
  await rename(log("a.jsonl"), log("a.jsonl.1"));
  expect(await bring()).toMatchObject({ filesRead: 0, filesKnown: 1 });
  await writeFile(log("a.jsonl.2.gz"), gzipSync(lines(0, 3000)));
  await unlink(log("a.jsonl.1"));
  expect(await bring()).toMatchObject({ filesRead: 0, filesKnown: 1 });
  await expectSame();
});

test("a copy beside its original is evidence of its own: its lines are duplicates", async () => {
  await writeFile(log("a.jsonl"), lines(0, 3000));
  await bring();
  await writeFile(log("b.jsonl"), lines(0, 3000));
  expect(await bring()).toMatchObject({ filesRead: 1, lines: 3000, events: 0, duplicates: 3000 });
  await expectSame();
});

test("a line that was unfinished when it was imported is refused when it has changed, in one clear line", async () => {
  await writeFile(log("a.jsonl"), lines(0, 100));
  await truncate(log("a.jsonl"), lines(0, 100).length - 30);
  await bring();
  await writeFile(log("a.jsonl"), lines(0, 200));
  await expect(bring()).rejects.toThrow(/a\.jsonl: it has grown, and its last line was unfinished/);
});

test("a file whose last line only lacked its end goes on", async () => {
  await writeFile(log("a.jsonl"), lines(0, 100).trimEnd());
  await bring();
  await writeFile(log("a.jsonl"), lines(0, 200));
  expect(await bring()).toMatchObject({ events: 100 });
  await expectSame();
});

test("late lines fill the holes that earlier imports had", async () => {
  await writeFile(log("a.jsonl"), lines(0, 4000) + lines(6000, 8000));
  await bring();
  expect((await ask({ lakeFolder: lake })).answer.coverage.complete).toBe(false);
  await writeFile(log("late.jsonl"), lines(3900, 2200));
  await bring();
  await expectSame();
  expect((await ask({ lakeFolder: lake })).answer.coverage.complete).toBe(true);
});

test("a map that reads the lines otherwise needs a new lake; other stores, classes and coverage do not", async () => {
  await writeFile(log("a.jsonl"), lines(0, 500));
  await bring();
  const { api } = mapJson.sources;
  const changed = (part: object): ReturnType<typeof parseDataMap> =>
    parseDataMap({ ...mapJson, sources: { api: { ...api, ...part } } });
  const asked = { question, lakeFolder: lake, population: 1000, workFolder: folder };
  await expect(runScope({ ...asked, map: changed({ succeeded: { status: [200, 403] } }) })).rejects.toThrow(
    /reads source `api` otherwise/,
  );
  const { answer } = await runScope({
    ...asked,
    map: changed({
      coverage: { from: "2014-05-19T00:00:00Z", to: "2014-05-24T00:00:00Z", heartbeat: { every: "30s" } },
    }),
  });
  expect(answer.coverage.gaps.map(({ reason }) => reason)).toContain("heartbeat");
});

test("a folder without a lake is told of in one line", async () => {
  await expect(ask({ lakeFolder: path.join(folder, "nothing") })).rejects.toThrow(
    /holds no lake of evidence/,
  );
});

describe("incidents of which everything is known", () => {
  test("raw row by row, raw in bulk, and a lake that grew file by file give the same answer", async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const incident = hiddenIncident(seed);
      const root = path.join(folder, `${seed}`);
      const asked = {
        map: parseDataMap(incident.map),
        question: parseQuestion(incident.question),
        population: incident.population ?? 1000,
        workFolder: folder,
      };
      for (const source of asked.map.sources) await mkdir(path.join(root, source.name), { recursive: true });
      const seededLake = path.join(folder, `lake-${seed}`);
      const files = Object.entries(packFiles(incident.files));
      for (const [index, [name, bytes]] of files.entries()) {
        await mkdir(path.dirname(path.join(root, name)), { recursive: true });
        await writeFile(path.join(root, name), bytes);
        if (index % 3 === 0 || index === files.length - 1)
          await importEvidence({
            map: asked.map,
            evidenceFolder: root,
            lakeFolder: seededLake,
            limits: { batchRows: 50, partsOfDayMax: 2, talliedEventsMin: 1 },
          });
      }
      const rowByRow = await runScope({
        ...asked,
        evidenceFolder: root,
        limits: { inBulk: false },
      });
      const inBulk = await runScope({
        ...asked,
        evidenceFolder: root,
        limits: { batchRows: 40 },
      });
      const stored = await runScope({ ...asked, lakeFolder: seededLake, limits: { keptRows: 3 } });
      expect(inBulk.answer, `incident ${seed} in bulk`).toEqual(rowByRow.answer);
      expect(stored.answer.answerDigest, `incident ${seed} in a lake`).toBe(rowByRow.answer.answerDigest);
    }
  }, 120_000);
});

test("hundreds of operations and texts with control characters are read in bulk and row by row alike", async () => {
  let text = "";
  for (let number = 0; number < 3000; number += 1) {
    const time = new Date(Date.UTC(2014, 4, 20) + number * 1000).toISOString();
    const who = number % 40 === 0 ? "intru\nder" : "intruder";
    const op = number % 3 === 0 ? "list" : `op-${number % 200}`;
    const users = [`u-${number}`, number % 9 === 0 ? "u\t1" : `w-${number}`];
    text += `${JSON.stringify({ ts: time, id: `r-${number}`, who, status: 200, seq: number, op, users })}\n`;
  }
  await writeFile(log("0.jsonl"), text);
  await importEvidence({ map, evidenceFolder: evidence, lakeFolder: lake, limits: small });
  const asked = { map, question, population: 100_000, workFolder: null, eventsMax: 10 };
  const answers = [
    await runScope({ ...asked, lakeFolder: lake }),
    await runScope({ ...asked, evidenceFolder: evidence }),
    await runScope({ ...asked, evidenceFolder: evidence, limits: { inBulk: false } }),
  ].map(({ answer }) => answer);
  expect(new Set(answers.map(({ answerDigest }) => answerDigest)).size).toBe(1);
  expect(answers[0]?.unclassified.operations).toHaveLength(195);
  expect(answers[0]?.evidence).toMatchObject({ events: 3000, suspectEvents: 2925, rejected: 0 });
});

test("killed at any moment, the next run goes on, and nothing else is left in the lake", async () => {
  const random = new SeededRandom(7);
  for (let file = 0; file < 6; file += 1) await writeFile(log(`${file}.jsonl`), lines(file * 9000, 9500));
  const mapFile = path.join(folder, "map.json");
  await writeFile(mapFile, JSON.stringify(mapJson));
  const child = (): ReturnType<typeof spawn> =>
    spawn(process.execPath, [path.join(import.meta.dirname, "import-child.ts"), mapFile, evidence, lake], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  let kills = 0;
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const started = child();
    const ended = once(started, "exit");
    await once(started.stdout ?? started, "data");
    await Promise.race([ended, delay(random.whole(50, 900))]);
    started.kill("SIGKILL");
    const [, signal] = (await ended) as [number | null, string | null];
    if (signal === "SIGKILL") kills += 1;
  }
  expect(kills).toBeGreaterThan(2);
  const counts = await bring();
  expect(counts.filesRead + counts.filesKnown).toBe(6);
  await expectSame();
  const named = JSON.stringify(JSON.parse(await readFile(path.join(lake, "manifest.json"), "utf8")));
  for (const file of await filesOf(lake)) {
    if (file === "manifest.json") continue;
    expect(named, file).toContain(file.replace(/\.json$/, ".parquet"));
  }
}, 120_000);
