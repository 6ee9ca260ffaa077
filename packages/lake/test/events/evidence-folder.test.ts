import { mkdir, mkdtemp, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { parseDataMap } from "@cordon/evidence";
import { parseQuestion } from "@cordon/scope";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runScope, type ScopeResult } from "../../src/index.ts";

const map = parseDataMap({
  version: 1,
  stores: { profiles: { classes: ["user.name"], accounts: "all" } },
  sources: {
    api: {
      format: "jsonl",
      store: "profiles",
      fields: { time: "ts", id: "id", actor: "who", operation: "op" },
      operations: { get: { account: "user", classes: ["user.name"] } },
    },
  },
});
const question = parseQuestion({
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
  suspect: [{ actor: "intruder" }],
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cordon-evidence-"));
  await mkdir(path.join(folder, "api"));
});

afterEach(async () => rm(folder, { recursive: true }));

function line(id: number, user = `u-${id}`): string {
  return JSON.stringify({ ts: "2014-05-21T00:00:00Z", id: `e${id}`, who: "intruder", op: "get", user });
}

async function put(name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), content);
}

async function ask(): Promise<ScopeResult> {
  return runScope({ map, question, evidenceFolder: folder, population: 1000, workFolder: null });
}

async function digestOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  await rm(path.join(folder, "api"), { recursive: true });
  await mkdir(path.join(folder, "api"));
  for (const [name, content] of Object.entries(files)) await put(name, content);
  return (await ask()).answer.evidence.digest;
}

describe("the evidence folder", () => {
  test("an unknown folder is wrong input", async () => {
    await put("apii/1.jsonl", line(1));
    await expect(ask()).rejects.toThrow(
      "apii: the folder belongs to no source, expected only the folders of `api`",
    );
  });
  test("a missing `DIR/<source>/` is wrong input", async () => {
    await rm(path.join(folder, "api"), { recursive: true });
    await expect(ask()).rejects.toThrow("api: no such folder, expected the evidence of source `api`");
  });
  test("a missing DIR is wrong input", async () => {
    await rm(folder, { recursive: true });
    await expect(ask()).rejects.toThrow(
      ": no such folder, expected a folder with one folder for each source",
    );
    await mkdir(folder);
  });
  test("a hidden file is wrong input, not evidence dropped in silence", async () => {
    await put("api/.DS_Store", "x");
    await expect(ask()).rejects.toThrow("api/.DS_Store: it is hidden");
  });
  test("a file beside the sources' folders is told of", async () => {
    await put("notes.txt", "x");
    expect((await ask()).notRead).toEqual([path.join(folder, "notes.txt")]);
  });
  test("a link to a log is read, and folders that go round in a circle are wrong input", async () => {
    const elsewhere = await mkdtemp(path.join(tmpdir(), "cordon-elsewhere-"));
    await writeFile(path.join(elsewhere, "log"), line(1));
    await symlink(path.join(elsewhere, "log"), path.join(folder, "api/log"));
    expect((await ask()).answer.accountIds).toEqual(["u-1"]);
    await symlink(path.join(folder, "api"), path.join(folder, "api/round"));
    await expect(ask()).rejects.toThrow("the folders go round in a circle");
    await rm(elsewhere, { recursive: true });
  });
  test("nothing is left behind", async () => {
    const workFolder = path.join(folder, "..", `${path.basename(folder)}-work`);
    await mkdir(workFolder);
    await put("api/1.jsonl", line(1));
    await runScope({ map, question, evidenceFolder: folder, population: 9, workFolder });
    // Refuses a folder that holds anything.
    await rmdir(workFolder);
  });
});

describe("compressed files", () => {
  test("plain, .gz and .zst are read alike", async () => {
    await put("api/1.jsonl", `${line(1)}\n`);
    await put("api/2.jsonl.gz", gzipSync(`${line(2)}\n`));
    await put("api/3.zst", zstdCompressSync(`${line(3)}\n`));
    expect((await ask()).answer.accountIds).toEqual(["u-1", "u-2", "u-3"]);
  });
  test("each member of a gzip file and each frame of a Zstandard file is read", async () => {
    await put("api/2.gz", Buffer.concat([gzipSync(`${line(1)}\n`), gzipSync(line(2)), Buffer.alloc(512)]));
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
    await put(
      "api/3.zst",
      Buffer.concat([skippable, zstdCompressSync(`${line(3)}\n`), zstdCompressSync(line(4))]),
    );
    expect((await ask()).answer.accountIds).toEqual(["u-1", "u-2", "u-3", "u-4"]);
  });
  test("frames that end inside a chunk of the file are read to the last", async () => {
    const frames = Array.from({ length: 40 }, (_, index) =>
      zstdCompressSync(Array.from({ length: 500 }, (__, row) => `${line(index * 500 + row)}\n`).join("")),
    );
    await put("api/1.zst", Buffer.concat(frames));
    expect((await ask()).answer.evidence.events).toBe(20_000);
  });
  test.each<[string, string, Uint8Array]>([
    ["a gzip file that is cut off", "1.gz", gzipSync(line(1)).subarray(0, -4)],
    [
      "a gzip file with something after its end",
      "1.gz",
      Buffer.concat([gzipSync(line(1)), Buffer.alloc(8), Buffer.from("more")]),
    ],
    ["a gzip file that is none", "1.gz", Buffer.from(line(1))],
    ["a Zstandard file that is cut off", "1.zst", zstdCompressSync(line(1).repeat(99)).subarray(0, -4)],
    [
      "a Zstandard file with something after its end",
      "1.zst",
      Buffer.concat([zstdCompressSync(line(1)), Buffer.from("more than that")]),
    ],
  ])("%s is wrong input that names the file", async (_, name, bytes) => {
    await put(`api/${name}`, bytes);
    await expect(ask()).rejects.toThrow(`api/${name}: it cannot be unpacked`);
  });
});

describe("lines", () => {
  test("a line over the limit and one that is no UTF-8 are unreadable, not a crash", async () => {
    await put(
      "api/1.jsonl",
      Buffer.concat([
        Buffer.from(`${line(1)}\n{"ts":"`),
        Buffer.alloc(17 * 1024 * 1024, 0x61),
        Buffer.from(`"}\n`),
        Buffer.from([0x22, 0xff, 0x22, 0x0a]),
        Buffer.from(line(2)),
      ]),
    );
    const { answer } = await ask();
    expect(answer.accountIds).toEqual(["u-1", "u-2"]);
    expect(answer.evidence.rejectedLines).toEqual([
      { file: "api/1.jsonl", line: 2, reason: "the line is longer than 16 MiB" },
      { file: "api/1.jsonl", line: 3, reason: "the line is no UTF-8" },
    ]);
  });
  test("a line that is nested deeply is read or unreadable, not a crash", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    await put("api/1.jsonl", [line(1), line(2).replace('"u-2"', deep), line(3)].join("\n"));
    const { answer } = await ask();
    expect(answer.accountIds).toEqual(["u-1", "u-3"]);
    expect(answer.accounts.atMost).toBe(1000);
  });
  test("the first 100 unreadable lines are named", async () => {
    await put("api/1.jsonl", "{\n".repeat(150));
    const { evidence } = (await ask()).answer;
    expect(evidence.rejected).toBe(150);
    expect(evidence.rejectedLines?.length).toBe(100);
    expect(evidence.rejectedLines?.at(-1)?.line).toBe(100);
  });
  test("`accountIds` is cut after 10,000, the counts are not", async () => {
    await put(
      "api/1.jsonl",
      Array.from({ length: 10_001 }, (_, n) => line(n, `u-${String(n).padStart(5, "0")}`)).join("\n"),
    );
    const { answer } = await runScope({
      map,
      question,
      evidenceFolder: folder,
      population: 20_000,
      workFolder: null,
    });
    expect(answer.accountIds.length).toBe(10_000);
    expect(answer.accountIds.at(-1)).toBe("u-09999");
    expect(answer.accountIdsTruncated).toBe(true);
    expect(answer.accounts.atLeast).toBe(10_001);
  });
});

describe("`evidence.digest` is over the multiset of raw lines per source after decompression", () => {
  const lines = [line(1), line(2), line(2), "{torn"];
  test("file names, order and compression don't matter", async () => {
    const digest = await digestOf({ "api/1.jsonl": lines.join("\n") });
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await digestOf({ "api/x/2.gz": gzipSync(lines.toReversed().join("\n")) })).toBe(digest);
    expect(
      await digestOf({
        "api/a": lines.slice(2).join("\n"),
        "api/b": `\uFEFF${lines.slice(0, 2).join("\r\n")}\r\n\r\n`,
      }),
    ).toBe(digest);
  });
  test("every line does, unreadable ones and repeats too", async () => {
    const digest = await digestOf({ "api/1.jsonl": lines.join("\n") });
    for (const other of [lines.slice(1), lines.toSpliced(2, 1), lines.slice(0, 3), [...lines, line(1)]]) {
      expect(await digestOf({ "api/1.jsonl": other.join("\n") })).not.toBe(digest);
    }
  });
});

test("`answerDigest` is the same wherever the evidence lies", async () => {
  await put("api/1.jsonl", `${line(1)}\n{torn`);
  const first = (await ask()).answer;
  await rm(path.join(folder, "api/1.jsonl"));
  await put("api/a/b/2.gz", gzipSync(`{torn\n${line(1)}`));
  const second = (await ask()).answer;
  expect(second.evidence.rejectedLines).not.toEqual(first.evidence.rejectedLines);
  expect(second.answerDigest).toBe(first.answerDigest);
});
