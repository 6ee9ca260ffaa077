import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";

import { profileEvidence, type ProfiledSource } from "../../src/profile/profile-evidence.ts";
import { sampleLimits } from "../../src/profile/sample-limits.ts";
import { temporaryFolder } from "../directory/temporary-folder.ts";

function line(index: number, more: Readonly<Record<string, unknown>> = {}): string {
  const ts = new Date(1_400_544_000_000 + index * 1000).toISOString();
  return `${JSON.stringify({ ts, op: index % 2 === 0 ? "get" : "list", user_id: `u-${index % 30}`, ...more })}\n`;
}

function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => line(from + index)).join("");
}

/** Profiles files given by name and content; `api/…` is the only source unless a name says otherwise. */
async function profile(
  files: Readonly<Record<string, string | Uint8Array>>,
  accountsFile: string | null = null,
): Promise<{
  readonly source: ProfiledSource;
  readonly sources: readonly ProfiledSource[];
  readonly map: string;
  readonly notes: readonly string[];
}> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  const { sources, map, notes } = await profileEvidence({ folder, accountsFile });
  const [source] = sources;
  if (source === undefined) throw new TypeError("a source was expected");
  return { source, sources, map, notes };
}

describe("a sample", () => {
  test("of a small file is all of it", async () => {
    const { source } = await profile({ "api/a.jsonl": lines(0, 100) });
    expect(source).toMatchObject({
      format: "jsonl",
      files: 1,
      filesSampled: 1,
      records: 100,
      unreadable: 0,
      readable: 100,
    });
    expect(source.bytesSampled).toBe(source.bytes);
  });

  test("of a large file is its beginning, middle and end, and bounded", async () => {
    const { source } = await profile({ "api/a.jsonl": lines(0, 60_000) });
    expect(source.bytesSampled).toBe(3 * sampleLimits.bytesPerSpot);
    expect(source.bytesSampled).toBeLessThan(source.bytes);
    expect(source.unreadable).toBe(0);
    expect(source.records).toBeLessThanOrEqual(sampleLimits.recordsPerSource + 3);
    expect(source.firstTime).toBe(new Date(1_400_544_000_000).toISOString());
    // Some records of the last half MiB, though not the last one.
    expect(Date.parse(source.lastTime ?? "")).toBeGreaterThan(1_400_544_000_000 + 50_000 * 1000);
  });

  test.each([
    ["gz", gzipSync],
    ["zst", zstdCompressSync],
  ])("of a .%s file is its beginning, and a bomb is stopped", async (ending, pack) => {
    const { source } = await profile({
      [`api/a.jsonl.${ending}`]: pack(lines(0, 60_000)),
      [`bomb/b.jsonl.${ending}`]: pack(Buffer.alloc(50_000_000, " ")),
    });
    expect(source).toMatchObject({ format: "jsonl", unreadable: 0 });
    expect(source.bytesSampled).toBeLessThan(2 * sampleLimits.bytesPerSpot);
    const { sources } = await profile({ [`bomb/b.jsonl.${ending}`]: pack(Buffer.alloc(50_000_000, " ")) });
    expect(sources[0]?.format).toBeNull();
    expect(sources[0]?.bytesSampled).toBeLessThan(2 * sampleLimits.bytesPerLine);
  });

  test("of many files is spread over their names", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`api/${String(index).padStart(3, "0")}.jsonl`, line(index)]),
    );
    const { source } = await profile(files);
    expect(source).toMatchObject({
      files: 300,
      filesSampled: sampleLimits.filesPerSource,
      records: sampleLimits.filesPerSource,
    });
    expect([source.firstTime, source.lastTime]).toEqual(
      [0, 299].map((second) => new Date(1_400_544_000_000 + second * 1000).toISOString()),
    );
  });

  test("of a CloudTrail document larger than the sample holds its first records whole", async () => {
    const records = Array.from({ length: 30_000 }, (_, index) => ({
      eventTime: "2014-05-20T00:00:00Z",
      eventID: `e-${index}`,
      eventName: "GetObject",
      eventSource: "s3.amazonaws.com",
      requestParameters: { key: "x".repeat(100) },
    }));
    const { source } = await profile({ "trail/AWSLogs/1/a.json": JSON.stringify({ Records: records }) });
    expect(source).toMatchObject({ format: "cloudtrail", unreadable: 0 });
    expect(source.records).toBeGreaterThan(1_000);
    expect(source.readable).toBe(source.records);
  });

  test("of CSV reads the middle of a file under its header, also where it begins inside a cell", async () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, index) => `2014-05-20T00:00:00Z,get,u-${index % 30},"a, ""b""\nc"\n`,
    ).join("");
    const { source } = await profile({ "web/a.csv": `time,op,user_id,note\n${rows}` });
    expect(source).toMatchObject({ format: "csv", unreadable: 0 });
    expect(source.readable).toBe(source.records);
    expect(source.records).toBeGreaterThan(5_000);
  });

  test("of Parquet is read as OCSF", async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, "lake"));
    const file = path.join(folder, "lake/a.parquet");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT 6003 AS class_uid, 1400544000000 + i AS "time", {'uid': 'm' || i} AS metadata, {'operation': 'GetItem'} AS api,
              {'user': {'uid': 'svc'}} AS actor, {'ip': '192.0.2.1'} AS src_endpoint, 1 AS status_id FROM range(50) t(i)) TO '${file}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const [source] = (await profileEvidence({ folder, accountsFile: null })).sources;
    expect(source).toMatchObject({ format: "ocsf", records: 50, readable: 50 });
  });

  test("matches values against a directory of accounts", async () => {
    const folder = await temporaryFolder();
    const accounts = path.join(folder, "accounts.csv");
    await writeFile(
      accounts,
      `account_id\n${Array.from({ length: 30 }, (_, index) => `u-${index}\n`).join("")}`,
    );
    const { source, map } = await profile({ "api/a.jsonl": lines(0, 100) }, accounts);
    expect(source.operations.map(({ people, confidence }) => [people.kind, confidence])).toEqual([
      ["account", 1],
      ["account", 1],
    ]);
    expect(map).toContain(
      "get: { account: user_id, classes: [<TODO>] } # 50 sampled; 50 of 50 values are ids in the directory, 15 distinct: very likely",
    );
  });
});

describe("a folder", () => {
  test("with files alone is one source, and that is said", async () => {
    const { sources, notes } = await profile({ "a.jsonl": lines(0, 10), "b.jsonl": lines(10, 20) });
    expect(sources).toMatchObject([{ format: "jsonl", files: 2, records: 20 }]);
    expect(notes.join()).toContain("taken as one source");
  });

  test("has one source for each subfolder, with all its subfolders; files beside them are named", async () => {
    const { sources, notes } = await profile({
      "a/x/1.jsonl": lines(0, 10),
      "b/2.csv": "time,op\n2014-05-20T00:00:00Z,get\n",
      "readme.txt": "hi",
    });
    expect(sources.map(({ source, format }) => [source, format])).toEqual([
      ["a", "jsonl"],
      ["b", "csv"],
    ]);
    expect(notes.join()).toContain("readme.txt");
  });

  test.each(["missing", "empty"])("that is %s is wrong input", async (what) => {
    const folder = await temporaryFolder();
    const wrong = profileEvidence({
      folder: what === "missing" ? path.join(folder, "nowhere") : folder,
      accountsFile: null,
    });
    await expect(wrong).rejects.toMatchObject({ code: "ERR_LAKE_FILE" });
  });

  test("of files of two kinds is read as the commonest kind, and the others are named", async () => {
    const { source } = await profile({
      "api/1.jsonl": lines(0, 5),
      "api/2.jsonl": lines(5, 9),
      "api/z.csv": "time,op\n2014-05-20T00:00:00Z,get\n",
    });
    expect(source).toMatchObject({ format: "jsonl", records: 9 });
    expect(source.problems.join()).toContain("api/z.csv: csv, where most files are jsonl");
  });

  test("with hidden files, links in a circle and links to nothing stops nothing", async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, "api"));
    await writeFile(path.join(folder, "api/a.jsonl"), lines(0, 5));
    await writeFile(path.join(folder, "api/.hidden"), "x");
    await symlink(folder, path.join(folder, "api/circle"));
    await symlink("/nowhere/at/all", path.join(folder, "api/nothing"));
    const [source] = (await profileEvidence({ folder, accountsFile: null })).sources;
    expect(source).toMatchObject({ source: "api", format: "jsonl", records: 5 });
    expect(source?.problems.join("\n")).toMatch(/hidden[^]*circle|circle[^]*hidden/);
  });
});

describe("a hostile file gives one clear line", () => {
  test.each([
    ["empty", "", "empty"],
    ["binary", Buffer.from([1, 2, 0, 3, 4]), "binary"],
    [
      "random bytes",
      Buffer.from(Array.from({ length: 5_000 }, (_, index) => ((index * 7919 + 13) % 254) + 1)),
      "not UTF-8",
    ],
    ["UTF-16", Buffer.from(`\uFEFF${lines(0, 5)}`, "utf16le"), "UTF-16"],
    ["gzip without its name", gzipSync(lines(0, 5)), "must end in .gz"],
    ["a broken Parquet file", Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(100)]), "Parquet"],
    ["one line longer than the limit", `{"a":"${"x".repeat(5_000_000)}"}\n`, "unknown format"],
  ])("%s", async (_name, content, why) => {
    const { source, map } = await profile({ "api/a.log": content });
    expect(source.format).toBeNull();
    expect(source.formatWhy).toContain(why);
    expect(map).toMatch(/^ {2}# api: not proposed, /m);
  });

  test("a damaged archive keeps what could be unpacked", async () => {
    const whole = gzipSync(
      Array.from({ length: 5_000 }, (_, index) => line(index, { noise: Math.sin(index) })).join(""),
    );
    const { source } = await profile({ "api/a.jsonl.gz": whole.subarray(0, whole.length / 2) });
    expect(source.format).toBe("jsonl");
    expect(source.problems.join()).toContain("cannot be unpacked");
  });

  test("lines of 1 MB and lines that are no UTF-8 among others", async () => {
    const long = line(1, { payload: "x".repeat(1_000_000) });
    const broken = Buffer.concat([Buffer.from('{"ts":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n')]);
    const { source } = await profile({
      "api/a.jsonl": Buffer.concat([
        Buffer.from(line(0)),
        Buffer.from(long),
        broken,
        Buffer.from(lines(2, 50)),
      ]),
    });
    expect(source).toMatchObject({ format: "jsonl", records: 50, unreadable: 1, readable: 50 });
    expect(source.problems.join()).toContain("no UTF-8");
  });
});
