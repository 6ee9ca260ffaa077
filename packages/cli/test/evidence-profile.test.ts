import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { parseDataMap, renderMap, surveySource, type DataMap, type LogValue } from "@cordon/evidence";
import { isJsonObject, type JsonObject } from "@cordon/model";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseYamlDocument } from "../src/yaml-document.ts";
import { cordon, ending, temporaryFolder } from "./command-line.ts";

const example = path.join(import.meta.dirname, "../../../examples/cloudtrail/evidence");

const accounts = Array.from({ length: 40 }, (_, index) => `u-${index}`);
const hour = Date.parse("2014-05-20T12:00:00Z");

function at(index: number): string {
  return new Date(hour + index * 1000).toISOString();
}

/** `count` times what `of` makes. */
function repeat(count: number, of: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => of(index)).join("");
}

function account(index: number): string {
  return accounts[index % accounts.length] ?? "";
}

/** One folder of logs for each format, and how many events each holds. */
async function writeLogs(folder: string): Promise<Readonly<Record<string, number>>> {
  const write = async (name: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  };
  await write(
    "profile-api/a.jsonl",
    repeat(
      100,
      (index) =>
        `${JSON.stringify({ ts: at(index), req_id: `r-${index}`, principal: "svc", op: "getProfile", status: 200, seq: index, params: { user_id: account(index) } })}\n`,
    ),
  );
  await write(
    "web/a.csv.gz",
    gzipSync(
      `time,user.name,method,url,status\n${repeat(100, (index) => `${at(index)},"svc, x",GET,/users/${account(index)}/photo,200\n`)}`,
    ),
  );
  await mkdir(path.join(folder, "exercise"));
  await copyFile(
    path.join(example, "cloudtrail/cloudtrail-s3-breach.jsonl"),
    path.join(folder, "exercise/a.jsonl"),
  );
  const records = Array.from({ length: 100 }, (_, index) => ({
    eventVersion: "1.11",
    eventTime: at(index).replace(".000", ""),
    eventID: `e-${index}`,
    eventName: index % 2 === 0 ? "GetItem" : "Query",
    eventSource: "dynamodb.amazonaws.com",
    userIdentity: { type: "AWSAccount", principalId: "p", accountId: "111122223333" },
    sourceIPAddress: "192.0.2.1",
    requestParameters: { tableName: "users", key: { id: account(index) } },
    ...(index % 9 === 0 ? { errorCode: "AccessDenied" } : {}),
  }));
  await write(
    "other-account/AWSLogs/1/CloudTrail/a.json.gz",
    gzipSync(JSON.stringify({ Records: records.slice(0, 50) })),
  );
  await write(
    "other-account/AWSLogs/1/CloudTrail/b.json",
    JSON.stringify({ Records: records.slice(50) }, null, 2),
  );
  await write(
    "security-lake/a.json",
    repeat(
      100,
      (index) =>
        `${JSON.stringify({ class_uid: 6005, time: hour + index, metadata: { uid: `m-${index}` }, actor: { user: { uid: "svc" } }, src_endpoint: { ip: "192.0.2.1" }, activity_name: "Read", status_id: 1, unmapped: { subject: account(index) } })}\n`,
    ),
  );
  await write(
    "postgres/a.csv",
    repeat(
      100,
      (index) =>
        `${at(index).replace("T", " ").replace("Z", " UTC")},"app","shop",123,"10.0.0.5:5432",537ab.7b,${index + 1},"SELECT",2014-05-20 00:00:00 UTC,3/1,0,LOG,00000,"AUDIT: SESSION,${index + 1},1,READ,SELECT,TABLE,public.users,""select *\n from users where id = '${account(index)}'"",<none>",,,,,,,,,"psql","client backend",,0\n`,
    ),
  );
  await write(
    "postgres-stderr/a.log",
    repeat(
      100,
      (index) =>
        `${at(index).replace("T", " ").replace("Z", " UTC")} [123] app@shop LOG:  AUDIT: SESSION,${index + 1},1,READ,SELECT,,,select 1,<none>\n`,
    ),
  );
  return {
    "profile-api": 100,
    web: 100,
    exercise: 103,
    "other-account": 100,
    "security-lake": 100,
    postgres: 100,
    "postgres-stderr": 100,
  };
}

/** What a person would write where only a person can say. */
function filledIn(map: string): string {
  return map.replaceAll("classes: [<TODO>]", "classes: [user.name]");
}

function readMap(text: string): DataMap {
  const document = parseYamlDocument("map.yaml", text);
  return document.check((value) => parseDataMap(value, (at) => document.sourceAt(at)));
}

function mapOf({ map }: JsonObject): string {
  if (typeof map !== "string") throw new TypeError("the map is text");
  return map;
}

function json(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError("the command prints one JSON object");
  return value;
}

describe("the proposed map", () => {
  test("once its TODOs are filled in, imports every line of logs of each format", async () => {
    const folder = temporaryFolder();
    const logs = path.join(folder, "logs");
    const events = await writeLogs(logs);
    await writeFile(path.join(folder, "accounts.csv"), `account_id\n${accounts.join("\n")}\n`);
    const ran = await cordon(["evidence", "profile", logs, "--directory", path.join(folder, "accounts.csv")]);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(() => readMap(ran.stdout)).toThrow("`<TODO>` is no data class");
    const map = filledIn(ran.stdout);
    expect(map).not.toMatch(/^[^#]*<TODO>/m);
    const sources = readMap(map).sources;
    expect(sources.map(({ name }) => name).sort()).toEqual(Object.keys(events).sort());
    // Whoever the map can name it names, and nothing is claimed about when the logs watched.
    expect(sources.filter(({ operations }) => operations.size > 0).map(({ name }) => name)).toEqual([
      "other-account",
      "profile-api",
      "security-lake",
      "web",
    ]);
    expect(sources.every(({ coverage }) => coverage.length === 0)).toBe(true);

    await writeFile(path.join(folder, "map.yaml"), map);
    await writeFile(
      path.join(folder, "question.yaml"),
      "window: { from: 2014-05-20T00:00:00Z, to: 2014-05-21T00:00:00Z }\nsuspect: [{ actor: svc }]\n",
    );
    const scope = await cordon([
      "scope",
      "--map",
      path.join(folder, "map.yaml"),
      "--question",
      path.join(folder, "question.yaml"),
      "--evidence",
      logs,
      "--directory",
      path.join(folder, "accounts.csv"),
      "--json",
    ]);
    expect([scope.code, scope.stderr]).toEqual([0, ""]);
    const answer = json(scope.stdout);
    const all = Object.values(events).reduce((sum, count) => sum + count, 0);
    expect(answer["evidence"]).toMatchObject({ events: all, rejected: 0 });
    expect(answer["accounts"]).toEqual({ kind: "between", atLeast: 40, atMost: 40 });
  });

  test("is refused while a TODO is left, also the one of a time that the format does not take", async () => {
    const folder = temporaryFolder();
    await mkdir(path.join(folder, "overture"));
    // The example service's access log has numbers of milliseconds.
    const log = repeat(
      50,
      (index) =>
        `${JSON.stringify({ t: hour + index, action: "play", account: account(index), inst: "i-1", allow: true, directives: [], rules: [], bundle: null, platform: "ios", store: "app-store", version: "1.0.0", offlineEpoch: null, authTime: hour })}\n`,
    );
    await writeFile(path.join(folder, "overture/access.jsonl"), log);
    const { stdout } = await cordon(["evidence", "profile", folder]);
    expect(stdout).toContain("time: <TODO> # `t` looks like milliseconds since 1970");
    expect(() => readMap(filledIn(stdout))).toThrow("path `<TODO>` cannot be read");

    await writeFile(
      path.join(folder, "overture/access.jsonl"),
      log.replaceAll(/"t":(\d+)/g, (_, ms) => `"t":"${new Date(Number(ms)).toISOString()}"`),
    );
    const { stdout: converted } = await cordon(["evidence", "profile", folder, "--json"]);
    const profiled = json(converted);
    expect(profiled["sources"]).toMatchObject([{ source: "overture", records: 50, readable: 50 }]);
    expect(readMap(filledIn(mapOf(profiled))).sources[0]?.operations.get("play")?.[0]).toMatchObject({
      people: { kind: "account" },
    });
  });

  test("reads back as it was meant, whatever names a log holds", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "a: b #c",
        "- x",
        "'",
        '"',
        "null",
        "1",
        "a\nb",
        "\u2028",
        "<<",
        "*x",
        "\uFEFF",
        "__proto__",
      ),
    );
    const name = text.filter((value) => value !== "" && value.isWellFormed() && value.length < 50);
    fc.assert(
      fc.property(
        name.filter((value) => /^[^/\\\0]+$/.test(value) && value !== "." && value !== ".."),
        name,
        name,
        (source, operation, key) => {
          fc.pre(key !== "__proto__" && source !== "__proto__");
          const record: LogValue = {
            time: at(0),
            op: operation,
            status: operation,
            params: { [key]: { user_id: "u-1" } },
          };
          const sample = {
            source,
            format: "jsonl" as const,
            formatWhy: operation,
            problems: [operation],
            runs: [{ file: source, records: Array.from({ length: 5 }, () => ({ line: 1, record })) }],
          };
          const profile = surveySource(sample).profile({ asked: new Set(["u-1"]), held: new Set(["u-1"]) });
          const map = readMap(
            filledIn(
              renderMap({ sources: [{ profile, sampled: source }], withDirectory: true, notes: [operation] }),
            ),
          );
          expect(map.sources.map((found) => found.name)).toEqual([source]);
          const [entry] = map.sources[0]?.operations.get(operation) ?? [];
          expect(entry).toMatchObject({
            people: { kind: "account", path: { keys: ["params", key, "user_id"] } },
          });
        },
      ),
    );
  });
});

describe("cordon evidence profile", () => {
  test("writes the map with --out, and replaces a file only with --force", async () => {
    const folder = temporaryFolder();
    const out = path.join(folder, "map.yaml");
    const ran = await ending("evidence", "profile", example, "--out", out);
    expect([ran.code, ran.line]).toEqual([0, ""]);
    expect(ran.stdout).toContain("cloudtrail: cloudtrail, 103 records sampled");
    await writeFile(out, "edited");
    const again = await ending("evidence", "profile", example, "--out", out);
    expect([again.code, again.stdout]).toEqual([2, ""]);
    expect(again.line).toBe(`${out}: is there already, expected a new file, or --force`);
    expect(await readFile(out, "utf8")).toBe("edited");
    expect((await ending("evidence", "profile", example, "--out", out, "--force")).code).toBe(0);
    expect(await readFile(out, "utf8")).toContain("format: cloudtrail");
  });

  test("prints one JSON document with confidences as numbers with --json", async () => {
    const document = json((await ending("evidence", "profile", example, "--json")).stdout);
    expect(document).toMatchObject({
      withDirectory: false,
      sources: [
        {
          source: "cloudtrail",
          format: "cloudtrail",
          files: 1,
          filesSampled: 1,
          records: 103,
          readable: 103,
        },
      ],
    });
    const [source] = document["sources"] as readonly JsonObject[];
    expect((source?.["fields"] as readonly JsonObject[])[0]).toMatchObject({
      field: "time",
      best: { path: '"@timestamp"', confidence: 1, records: 103, of: 103 },
    });
  });

  test("ends with 2 and one line for a folder that is missing, and for a directory that is", async () => {
    const folder = temporaryFolder();
    const missing = await ending("evidence", "profile", path.join(folder, "logs"));
    expect([missing.code, missing.stdout, missing.line]).toEqual([
      2,
      "",
      `${path.join(folder, "logs")}: no such folder, expected a folder of logs`,
    ]);
    const accountsMissing = await ending(
      "evidence",
      "profile",
      example,
      "--directory",
      path.join(folder, "a.csv"),
    );
    expect([accountsMissing.code, accountsMissing.stdout]).toEqual([2, ""]);
    expect(accountsMissing.line).toMatch(/^[^\n]*a\.csv: [^\n]*$/);
  });

  test("ends with 1 when no log is of a known format, and says what it found", async () => {
    const folder = temporaryFolder();
    await mkdir(path.join(folder, "web"));
    await writeFile(
      path.join(folder, "web/access.log"),
      '192.0.2.1 - - [20/May/2014:00:00:00 +0000] "GET / HTTP/1.1" 200 12\n',
    );
    const ran = await ending("evidence", "profile", folder);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("# web: not proposed, a web server's access log (combined form)");
    expect(() => readMap(ran.stdout)).toThrow();
  });
});
