import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDataMap } from "@cordon/evidence";
import { isJsonObject, type Json, type JsonObject } from "@cordon/model";
import { parseQuestion } from "@cordon/scope";
import {
  cloudTrail,
  hiddenIncident,
  makeTrailKey,
  packFiles,
  packTrailFile,
  SeededRandom,
  type HiddenIncident,
} from "@cordon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  importEvidence,
  openPopulation,
  runScope,
  type Population,
  type ScopeRequest,
  type ScopeResult,
} from "../../src/index.ts";

/** An engine that answers from lakes. */
export interface LakeEngine {
  /** Takes what was imported into a folder, and says where to ask for it. */
  hold(lakeFolder: string): Promise<Pick<ScopeRequest, "lakeFolder" | "clickHouse">>;
  stop(): Promise<void>;
}

/** What every adapter of EventQueries has to pass: it answers as raw evidence does, whatever the parts that it lies in. */
export function testEventQueries(start: () => Promise<LakeEngine>): void {
  let engine: LakeEngine;
  beforeAll(async () => {
    engine = await start();
  }, 60_000);
  afterAll(() => engine.stop());

  const agrees = (asked: Asked): Promise<void> => answersAlike(asked, engine);
  test.each(Array.from({ length: 8 }, (_, index) => index + 1))(
    "incident %i has the `answerDigest` and the events of its raw logs",
    (seed) => {
      const incident = hiddenIncident(seed);
      return agrees({ ...incident, evidence: packFiles(incident.files) });
    },
    60_000,
  );
  test.each(Array.from({ length: 6 }, (_, index) => index + 1))(
    "incident %i, asked about all that was done by some operations, has the answer of its raw logs",
    async (seed) => {
      const incident = hiddenIncident(seed);
      const evidence = packFiles(incident.files);
      for (const question of questionsOfOperations(incident, seed))
        await agrees({ ...incident, question, evidence });
    },
    60_000,
  );
  test("text of every kind is compared and sorted code point by code point", () => agrees(awkward), 60_000);
  test(
    "an event without a field is no suspect's by that field, and is another's",
    () => agrees(absent),
    60_000,
  );
  test("numbers that several parts share are followed over the events", () => agrees(sharedNumbers), 60_000);
  test(
    "a chain of digest files proves what it proves beside the raw logs",
    () => agrees(signedTrail()),
    60_000,
  );
  test("cases of every file of vectors/scope have the `answerDigest` of its raw logs", async () => {
    const cases = await vectorCases();
    expect(cases.length).toBeGreaterThan(10);
    for (const asked of cases) await agrees(asked);
  }, 120_000);
}

interface Asked {
  readonly map: unknown;
  readonly question: unknown;
  readonly population?: unknown;
  readonly directory?: unknown;
  readonly evidence: unknown;
  readonly name?: string;
}

/** In a wide window, and in one that ends amid the events. */
function questionsOfOperations({ map, question }: HiddenIncident, seed: number): readonly unknown[] {
  const random = new SeededRandom(seed);
  const operations = [
    ...new Set(parseDataMap(map).sources.flatMap((source) => [...source.operations.keys()])),
    "no-operation-of-the-map",
  ];
  const suspect = operations
    .filter(() => random.chance(0.6))
    .map((operation) => (random.chance(0.2) ? { operation, outcome: "200" } : { operation }));
  return [
    {
      window: { from: "2014-01-01T00:00:00Z", to: "2015-01-01T00:00:00Z" },
      suspect: [{ operation: operations[0] }, ...suspect],
    },
    { ...question, suspect: [{ operation: operations[0] }, ...suspect], decoys: [] },
    { ...question, suspect: [{ operation: operations[0] }, ...suspect] },
  ];
}

async function answersAlike(asked: Asked, engine: LakeEngine): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "cordon-conformance-"));
  let directory: Population | null = null;
  try {
    const map = parseDataMap(asked.map);
    const question = parseQuestion(asked.question);
    const evidenceFolder = path.join(folder, "evidence");
    for (const { name } of map.sources) await mkdir(path.join(evidenceFolder, name), { recursive: true });
    for (const [name, content] of Object.entries(isJsonObject(asked.evidence) ? asked.evidence : {})) {
      await mkdir(path.dirname(path.join(evidenceFolder, name)), { recursive: true });
      await writeFile(path.join(evidenceFolder, name), fileText(content));
    }
    if (Array.isArray(asked.directory)) {
      const file = path.join(folder, "accounts.jsonl");
      await writeFile(file, `${asked.directory.map((row) => JSON.stringify(row)).join("\n")}\n`);
      directory = await openPopulation({ file }, { windowEndUs: question.toUs, decoys: question.decoys });
    }
    const request = {
      map,
      question,
      population: directory ?? (typeof asked.population === "number" ? asked.population : null),
      workFolder: folder,
      eventsMax: 1000,
    };
    const raw = await runScope({ ...request, evidenceFolder });
    const lakeFolder = path.join(folder, "lake");
    // Several parts a day, so that they are joined in the answer, not only one after the other.
    await importEvidence({
      map,
      evidenceFolder,
      lakeFolder,
      limits: { batchRows: 40, partsOfDayMax: 1000, talliedEventsMin: 1 },
    });
    const held = await runScope({ ...request, ...(await engine.hold(lakeFolder)) });
    expect(told(held), asked.name).toEqual(told(raw));
  } finally {
    directory?.close();
    await rm(folder, { recursive: true });
  }
}

/** Findings as well: counts that the answer caps must be right too. */
function told({ answer, findings, events, eventsTruncated }: ScopeResult): unknown {
  return { answer, findings, events, eventsTruncated };
}

function fileText(content: unknown): string | Uint8Array {
  if (content instanceof Uint8Array) return content;
  if (!Array.isArray(content)) throw new TypeError("a file's lines are a list or bytes");
  return content.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
}

const window = { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" };

function profileMap(source: JsonObject): unknown {
  return {
    version: 1,
    stores: { "profile-db": { classes: ["user.name"], accounts: "all" } },
    sources: {
      "profile-api": {
        format: "jsonl",
        store: "profile-db",
        operations: {
          get: { account: "who", classes: ["user.name"] },
          list: { accounts: "who", classes: ["user.name"] },
          set: { account: "who", classes: ["user.name"], effect: "write" },
          export: { rows: "who", classes: ["user.name"] },
        },
        ...source,
      },
    },
  };
}

const signs = [
  "'",
  "\\",
  "\\'",
  '"',
  "`",
  "{x:String}",
  "%",
  "\n",
  "\t",
  "\u0001",
  "é",
  "\uffff",
  "😀",
  "Z",
  "a",
  "A",
  "",
];

const awkward: Asked = {
  map: profileMap({
    fields: { time: "ts", actor: "by", operation: "op", session: "sid" },
    coverage: { ...window, proof: "asserted" },
  }),
  question: {
    window,
    suspect: signs.filter((sign) => sign.trim() !== "").map((sign) => ({ actor: `by ${sign}` })),
    decoys: [...signs.slice(0, 6).map((sign) => `decoy ${sign}`), "decoy of suspects", "decoy of others"],
  },
  population: 1000,
  evidence: {
    // Sums beyond what 64 bits hold.
    "profile-api/sum.jsonl": Array.from({ length: 1100 }, (_, index) => ({
      ts: new Date(Date.UTC(2014, 4, 25, 0, 0, index)).toISOString(),
      by: "by a",
      op: "export",
      who: Number.MAX_SAFE_INTEGER,
    })),
    "profile-api/decoys.jsonl": [
      { ts: "2014-05-20T12:00:00Z", by: "by a", op: "get", who: "decoy of suspects" },
      { ts: "2014-05-20T12:00:01Z", by: "other", op: "get", who: "decoy of others" },
      { ts: "2014-05-20T12:00:02Z", by: "other", op: "list", who: ["decoy of others", "u-1"] },
    ],
    "profile-api/a.jsonl": signs.flatMap((sign, index) => [
      { ts: `2014-05-21T00:00:${10 + index}Z`, by: `by ${sign}`, op: "get", who: `u ${sign}` },
      { ts: `2014-05-21T01:00:${10 + index}Z`, by: `by ${sign}`, op: "set", who: sign },
      { ts: `2014-05-22T01:00:${10 + index}Z`, by: `by ${sign}`, op: `no ${sign}`, who: sign },
      { ts: `2014-05-22T02:00:${10 + index}Z`, by: "other", op: "list", who: [`decoy ${sign}`, `u ${sign}`] },
      {
        ts: `2014-05-23T00:00:${10 + index}Z`,
        by: `by ${sign}`,
        op: "list",
        who: [`decoy ${sign}`, ...signs.map((other) => `${other} of ${sign}`)],
      },
      { ts: `2014-05-23T02:00:${10 + index}Z`, by: `by ${sign}`, op: "list", who: [`decoy ${sign}`] },
      // More people than there are.
      { ts: `2014-05-24T02:00:${10 + index}Z`, by: `by ${sign}`, op: "export", who: 1001 + index },
      { ts: `2014-05-24T03:00:${10 + index}Z`, by: `by ${sign}`, op: "export", who: index },
    ]),
  },
};

const absent: Asked = {
  map: profileMap({ fields: { time: "ts", actor: "by", address: "ip", operation: "op" } }),
  question: {
    window,
    suspect: [
      { actor: "eve", address: "203.0.113.7" },
      { address: "203.0.113.8" },
      { session: "s1", actor: "bob" },
    ],
    decoys: ["d1"],
  },
  population: 20,
  evidence: {
    "profile-api/a.jsonl": ["eve", "bob", "amy", null].flatMap((by, index) =>
      ["203.0.113.7", "203.0.113.8", null, undefined].flatMap((ip, place) => [
        { ts: `2014-05-21T0${index}:0${place}:00Z`, by, ip, op: "get", who: `u-${index}-${place}` },
        { ts: `2014-05-21T0${index}:1${place}:00Z`, by, ip, op: "list", who: ["d1", null] },
        { ts: `2014-05-21T0${index}:2${place}:00Z`, by, ip, op: "list", who: [] },
        { ts: `2014-05-21T0${index}:3${place}:00Z`, by, ip, op: "get" },
      ]),
    ),
  },
};

const sharedNumbers: Asked = {
  map: profileMap({
    fields: { time: "ts", actor: "by", operation: "op", sequence: "n", id: "id" },
    coverage: { ...window, proof: { sequence: { per: "host", chains: ["web-1", "web-2"] } } },
  }),
  question: { window, suspect: [{ actor: "eve" }] },
  population: 20,
  evidence: {
    "profile-api/a.jsonl": Array.from({ length: 240 }, (_, index) => ({
      ts: new Date(Date.UTC(2014, 4, 19, index)).toISOString(),
      by: index % 7 === 0 ? "eve" : "amy",
      op: "get",
      who: `u-${index % 9}`,
      host: ["web-1", "web-2", "web-3"][index % 3],
      // Missing numbers, and numbers that are used again.
      n: Math.floor(index / 3) + (index > 100 ? 2 : 0) - (index > 150 ? 20 : 0),
      id: `id-${index}`,
    })),
  },
};

/** Ten hours of a CloudTrail with its digests, one log file of which is lost. */
function signedTrail(): Asked {
  const key = makeTrailKey();
  let count = 0;
  const files = cloudTrail({
    random: new SeededRandom(7),
    key,
    fromMs: Date.UTC(2014, 4, 20),
    hours: 12,
    signatures: "last",
    record: (atMs, id) => {
      count += 1;
      return {
        eventTime: new Date(atMs).toISOString(),
        eventID: id,
        eventName: "GetObject",
        userIdentity: { arn: count % 5 === 0 ? "arn:intruder" : "arn:web" },
        requestParameters: { key: `u-${count}` },
      };
    },
  });
  const lost = files.find(({ kind, hour }) => kind === "log" && hour === 4);
  expect(lost).toBeDefined();
  return {
    map: {
      version: 1,
      stores: { bucket: { classes: ["user.name"], accounts: 1000 } },
      sources: {
        trail: {
          format: "cloudtrail",
          store: "bucket",
          fields: { time: "eventTime", id: "eventID", actor: "userIdentity.arn", operation: "eventName" },
          operations: { GetObject: { account: "requestParameters.key", classes: ["user.name"] } },
          coverage: {
            from: "2014-05-20T00:00:00Z",
            to: "2014-05-20T12:00:00Z",
            digest: {
              keys: [
                { Fingerprint: key.fingerprint, Value: Buffer.from(key.publicKeyDer).toString("base64") },
              ],
            },
          },
        },
      },
    },
    question: {
      window: { from: "2014-05-20T00:00:00Z", to: "2014-05-20T10:00:00Z" },
      suspect: [{ actor: "arn:intruder" }],
    },
    population: 1000,
    evidence: Object.fromEntries(
      files.filter((file) => file !== lost).map((file) => [`trail/${file.name}`, packTrailFile(file)]),
    ),
  };
}

/** A few cases of each file, so that every file is among them. */
async function vectorCases(): Promise<readonly Asked[]> {
  const folder = path.join(import.meta.dirname, "../../../../vectors/scope");
  const cases: Asked[] = [];
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".json")).sort()) {
    const file = JSON.parse(await readFile(path.join(folder, name), "utf8")) as {
      readonly base: JsonObject;
      readonly cases: readonly (JsonObject & { readonly sentence: string })[];
    };
    for (const [index, { sentence, ...patch }] of file.cases.entries()) {
      if (index % 16 !== 0) continue;
      const { map, question, population, directory, evidence } = mergePatch(file.base, patch);
      cases.push({ map, question, population, directory, evidence, name: `${name}: ${sentence}` });
    }
  }
  return cases;
}

/** RFC 7396. */
function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  const merged = new Map<string, Json>(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, isJsonObject(value) ? mergePatch(merged.get(key), value) : value);
  }
  return Object.fromEntries(merged);
}
