import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { canonicalJson, isJsonObject, type JsonObject } from "@cordon/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = path.join(import.meta.dirname, "../../..");
const example = path.join(root, "examples/cloudtrail");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function cordon(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const command = [path.join(root, "packages/cli/bin/cordon.mjs"), ...words];
    execFile(process.execPath, command, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
        stdout,
        stderr,
      });
    });
  });
}

function json({ stdout }: Ended): JsonObject {
  const value: unknown = JSON.parse(stdout);
  if (!isJsonObject(value)) throw new TypeError("the command prints one JSON object");
  return value;
}

const cloudtrail = [
  "scope",
  "--map",
  path.join(example, "map.yaml"),
  "--question",
  path.join(example, "question.yaml"),
  "--evidence",
  path.join(example, "evidence"),
];

describe("the CloudTrail example", () => {
  test("`--events` lists the role's successful object reads and keeps listings apart from reads", async () => {
    const answer = json(await cordon(...cloudtrail, "--events", "--json"));
    const events = answer["events"] as readonly JsonObject[];
    expect(events.length).toBe(11);
    const reads = events.filter((event) => event["operation"] === "GetObject");
    expect(reads.map(({ file, line, time, outcome }) => ({ file, line, time, outcome }))).toEqual([
      {
        file: "cloudtrail/cloudtrail-s3-breach.jsonl",
        line: 80,
        time: "2020-09-14T01:02:34.000Z",
        outcome: "succeeded",
      },
      {
        file: "cloudtrail/cloudtrail-s3-breach.jsonl",
        line: 103,
        time: "2020-09-14T01:13:20.000Z",
        outcome: "succeeded",
      },
    ]);
    expect(reads[0]?.["access"]).toMatchObject({
      store: "bucket-objects",
      classes: ["user"],
      accounts: ["ring.txt"],
    });
    const listings = events.filter(
      ({ operation }) => operation === "ListBuckets" || operation === "ListObjects",
    );
    expect(listings.length).toBe(9);
    expect(listings[0]?.["access"]).toMatchObject({
      store: "bucket-listings",
      classes: ["system.operations"],
      accounts: [],
    });
    // Nothing proves that the export is whole, so nothing may be `exactly`.
    expect(answer["accounts"]).toEqual({ kind: "between", atLeast: 1, atMost: 1001 });
  });

  test("the text says the same for people, with a table of the events", async () => {
    const { code, stdout, stderr } = await cordon(...cloudtrail, "--events");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("The data of at least 1 and at most 1,001 accounts was accessed.\n  ring.txt\n");
    expect(stdout).toContain("The logs are NOT complete");
    expect(stdout).toMatch(
      /GetObject +succeeded +user in bucket-objects of ring\.txt +cloudtrail\/cloudtrail-s3-breach\.jsonl:80/,
    );
  });

  test("`answerDigest`: SHA-256 of the RFC 8785 form of the answer without itself, `rejectedLines` and paths", async () => {
    const { answerDigest, ...answer } = json(await cordon(...cloudtrail, "--json"));
    const digest = createHash("sha256").update(canonicalJson(answer)).digest("hex");
    expect(answerDigest).toBe(`sha256:${digest}`);
    const { answerDigest: withEvents } = json(await cordon(...cloudtrail, "--events", "--json"));
    expect(withEvents).toBe(answerDigest);
  });
});

describe("wrong input gets one line on stderr", () => {
  let folder: string;
  const map = [
    "version: 1",
    "stores:",
    "  profiles: { classes: [user.name], accounts: all }",
    "sources:",
    "  api:",
    "    format: jsonl",
    "    store: profiles",
    "    fields: { time: ts, operation: op, actor: who }",
    "    operations:",
    "      get: { account: user, classes: [user.name] }",
  ];
  const question = [
    "window: { from: 2014-05-20T00:00:00Z, to: 2014-05-26T00:00:00Z }",
    "suspect:",
    "  - { actor: intruder }",
  ];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "cordon-cli-scope-"));
    await mkdir(path.join(folder, "logs/api"), { recursive: true });
    await writeFile(
      path.join(folder, "logs/api/1.jsonl"),
      '{"ts":"2014-05-21T00:00:00Z","op":"get","who":"intruder","user":"u-1"}',
    );
  });

  afterEach(async () => rm(folder, { recursive: true }));

  async function scope(
    files: { readonly map?: readonly string[]; readonly question?: readonly string[] },
    ...more: readonly string[]
  ): Promise<Ended> {
    await writeFile(path.join(folder, "map.yaml"), (files.map ?? map).join("\n"));
    await writeFile(path.join(folder, "question.yaml"), (files.question ?? question).join("\n"));
    const place = (name: string): string => path.join(folder, name);
    return cordon(
      "scope",
      "--map",
      place("map.yaml"),
      "--question",
      place("question.yaml"),
      "--evidence",
      place("logs"),
      ...more,
    );
  }

  test("`scope` exits 0 whatever the answer", async () => {
    const ended = await scope({}, "--population", "40", "--json");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(json(ended)["accounts"]).toEqual({ kind: "between", atLeast: 1, atMost: 40 });
  });

  test('a directory of accounts gives "all" its number', async () => {
    await writeFile(path.join(folder, "accounts.csv"), "account_id\nu-1\nu-2\nu-3\n");
    const ended = await scope({}, "--directory", path.join(folder, "accounts.csv"), "--json");
    expect(json(ended)["accounts"]).toEqual({ kind: "between", atLeast: 1, atMost: 3 });
  });

  test.each<[string, number, readonly string[]]>([
    ["an unknown format", 6, map.with(5, "    format: xml")],
    ["an unknown key", 11, [...map, "    colour: red"]],
    ["a store that is not there", 7, map.with(6, "    store: profile")],
    ["a path that cannot be read", 8, map.with(7, "    fields: { time: '@ts', operation: op }")],
    ["YAML that cannot be read", 8, map.with(6, "    store: [")],
    ["`all` without a population", 3, map],
  ])("%s in the map is named by its line", async (_, line, lines) => {
    const { code, stdout, stderr } = await scope({ map: lines });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n").length).toBe(1);
    expect(stderr).toContain(`map.yaml:${line}: `);
    expect(stderr).toContain(", expected ");
  });

  test.each<[string, number, readonly string[]]>([
    ["a number that may be text", 3, question.with(2, "  - { actor: 0017 }")],
    ["an empty suspect", 3, question.with(2, "  - {}")],
    [
      "a window that ends before it begins",
      1,
      question.with(0, "window: { from: 2014-05-26T00:00:00Z, to: 2014-05-20T00:00:00Z }"),
    ],
  ])("%s in the question is named by its line", async (_, line, lines) => {
    const { code, stdout, stderr } = await scope({ question: lines }, "--population", "40");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`question\\.yaml:${line}: .*, expected .*\n$`));
  });

  test.each<[string, readonly string[]]>([
    ["a population that is no number", ["--population", "many"]],
    ["a directory that is not there", ["--directory", "/nowhere/accounts.parquet"]],
    ["a population beside a directory", ["--population", "4", "--directory", "accounts.csv"]],
    ["an option that is not known", ["--population", "4", "--colour"]],
  ])("%s", async (_, words) => {
    const { code, stdout, stderr } = await scope({}, ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n").length).toBe(1);
  });

  test("an unknown folder of evidence", async () => {
    await mkdir(path.join(folder, "logs/apii"));
    const { code, stderr } = await scope({}, "--population", "4");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /logs\/apii: the folder belongs to no source, expected only the folders of `api`\n$/,
    );
  });
});
