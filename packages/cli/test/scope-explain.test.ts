import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isJsonObject, type JsonObject } from "@cordon/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { markup, prose } from "../src/explain-page/markup.ts";
import { cordon as run, type Ran } from "./command-line.ts";

const map = `
version: 1
stores:
  profiles: { classes: [user.name], accounts: all }
  vault: { classes: [user.payment], accounts: all }
sources:
  api:
    format: jsonl
    store: profiles
    fields: { time: ts, operation: op, actor: who, sequence: seq }
    operations:
      get: { account: user, classes: [user.name] }
    coverage: { from: 2014-05-01T00:00:00Z, to: 2014-06-01T00:00:00Z, proof: sequence }
  till:
    format: jsonl
    store: vault
    fields: { time: ts, operation: op, actor: who, sequence: seq }
    operations:
      pay: { account: user, classes: [user.payment] }
    coverage: { from: 2014-05-01T00:00:00Z, to: 2014-06-01T00:00:00Z, proof: sequence }
`;
const question = `
window: { from: 2014-05-20T00:00:00Z, to: 2014-05-26T00:00:00Z }
suspect:
  - { actor: "</code><script>alert(1)</script>" }
`;
const intruder = "</code><script>alert(1)</script>";
const hostile = '"><img src=https://example.org/x onerror=alert(1)>\u202e';
const lines = [
  { ts: "2014-05-01T00:00:00Z", op: "get", who: "web", user: "u-1", seq: 1 },
  { ts: "2014-05-21T02:10:00Z", op: "get", who: intruder, user: hostile, seq: 2 },
  { ts: "2014-05-21T02:37:00Z", op: "get", who: intruder, user: "u-2", seq: 4 },
  { ts: "2014-06-01T00:00:00Z", op: "get", who: "web", user: "u-1", seq: 5 },
];
const tillLines = [lines[0], { ...lines[3], seq: 2 }].map((line) => ({ ...line, op: "pay" }));

let folder: string;
let asked: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cordon-cli-explain-"));
  const write = async (name: string, text: string): Promise<string> => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  const asText = (records: readonly unknown[]): string =>
    records.map((record) => `${JSON.stringify(record)}\n`).join("");
  await write("logs/api/1.jsonl", asText(lines));
  await write("logs/till/1.jsonl", asText(tillLines));
  asked = [
    "--map",
    await write("map.yaml", map),
    "--question",
    await write("question.yaml", question),
    "--evidence",
    path.join(folder, "logs"),
    "--population",
    "40",
  ];
});

afterAll(async () => rm(folder, { recursive: true }));

const cordon = (...words: readonly string[]): Promise<Ran> => run(words);

function json({ stdout }: Ran): JsonObject {
  const value: unknown = JSON.parse(stdout);
  if (!isJsonObject(value)) throw new TypeError("the command prints one JSON object");
  return value;
}

describe("`cordon scope explain`", () => {
  test("lists for each person and class the very events (file, line, time) that put them in", async () => {
    const { code, stdout, stderr } = await cordon("scope", "explain", ...asked);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/\n {2}u-2 +api\/1\.jsonl:3 \(2014-05-21T02:37:00\.000Z\)\n/);
    expect(stdout).toMatch(
      /\n {2}user\.name +api\/1\.jsonl:2 \(2014-05-21T02:10:00\.000Z\), api\/1\.jsonl:3/,
    );
  });

  test("for each class not accessed the coverage that says so", async () => {
    const { stdout } = await cordon("scope", "explain", ...asked);
    expect(stdout).toMatch(
      /\n {2}user\.payment +vault +till watched it 2014-05-20T00:00:00\.000Z – 2014-05-26T00:00:00\.000Z \(sequence numbers/,
    );
  });

  test("and what evidence would sharpen a range", async () => {
    const { stdout } = await cordon("scope", "explain", ...asked);
    expect(stdout).toContain(
      "h1  profiles between 2014-05-21T02:10:00Z and 02:37:00Z has no log (source `api`, sequence numbers missing)\n",
    );
    expect(stdout).toContain("adds up to 40 accounts; settled alone, at most 2 accounts\n");
  });

  test("`--json` prints one document with the answer that `scope` gives, wherever the options stand", async () => {
    const explained = json(await cordon("scope", "explain", ...asked, "--json"));
    const { answerDigest } = json(await cordon("scope", ...asked, "--json"));
    expect(explained["answer"]).toMatchObject({ answerDigest });
    expect(explained["explanation"]).toMatchObject({ hints: { listed: [{ id: "h1" }] } });
    expect(json(await cordon("scope", ...asked, "--json", "explain"))).toEqual(explained);
  });

  test("`--help` has an example and the options of `scope`", async () => {
    const { code, stdout } = await cordon("scope", "explain", "--help");
    expect(code).toBe(0);
    expect(stdout).toContain("Example:\n  cordon scope explain --map map.yaml");
    expect(stdout).toContain("--evidence <dir>");
  });

  test("wrong input gets one line on stderr, and nothing is written", async () => {
    const page = path.join(folder, "never.html");
    const { code, stdout, stderr } = await cordon(
      "scope",
      "explain",
      ...asked.with(5, path.join(folder, "nowhere")),
      "--html",
      page,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n").length).toBe(1);
    await expect(access(page)).rejects.toThrow();
    const missing = await cordon("scope", "explain", "--html", page);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("--map <file>");
    const unwritable = await cordon(
      "scope",
      "explain",
      ...asked,
      "--html",
      path.join(folder, "no/page.html"),
    );
    expect(unwritable).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("the page of `--html`", () => {
  let page: string;

  beforeAll(async () => {
    const file = path.join(folder, "page.html");
    await cordon("scope", "explain", ...asked, "--html", file);
    page = await readFile(file, "utf8");
  });

  test("needs nothing but itself: no script, no request, its one style named in the policy by its hash", () => {
    const tags = (page.match(/<[^>]+>/g) ?? []).join("\n");
    expect(tags).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\sstyle=|(?:src|href)="(?!#)/i);
    expect(page).not.toMatch(/url\((?!#)|@import/);
    const style = /<style>(?<text>.*?)<\/style>/s.exec(page)?.groups?.["text"] ?? "";
    const digest = createHash("sha256").update(style).digest("base64");
    expect(page.replaceAll("&#39;", "'")).toContain(`default-src 'none'; style-src 'sha256-${digest}'`);
  });

  test("shows what the logs hold as text", () => {
    expect(page).toContain("&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).toContain("&quot;&gt;&lt;img src=https://example.org/x onerror=alert(1)&gt;\\u202e");
    expect(page).not.toContain("\u202e");
  });

  test("has a picture that says what it shows, and the same in tables", () => {
    expect(page).toMatch(/<svg[^>]+role="img"[^>]+aria-labelledby="timeline-title timeline-desc"/);
    expect(page).toContain('<title id="timeline-title">');
    expect(page).toMatch(/<desc id="timeline-desc">\s+From 2014-05-20T00:00:00\.000Z to 2014-05-26/);
    expect(page).toMatch(/<rect\s+class="gap-sequence"/);
    expect(page).toMatch(/<title>2014-05-21T02:10:00\.000Z – 2014-05-21T02:37:00\.000Z: lines missing/);
    expect(page).toMatch(/<td>\s+a gap: lines missing, or not proven complete/);
  });

  test("every reference inside the page has its target, and no id stands twice", () => {
    const ids = [...page.matchAll(/\sid="(?<id>[^"]+)"/g)].map((match) => match.groups?.["id"]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const match of page.matchAll(/(?:href="#|url\(#|aria-labelledby=")(?<id>[\w-]+)/g)) {
      expect(ids).toContain(match.groups?.["id"]);
    }
  });
});

describe("markup", () => {
  test("escapes every part that is no markup itself, also in lists", () => {
    expect(markup`<b title="${'"'}">${["<", markup`<i>&amp;</i>`, 3]}</b>`.text).toBe(
      '<b title="&quot;">&lt;<i>&amp;</i>3</b>',
    );
    expect(markup`${"a\u0000b\nc\ud800"}`.text).toBe("a\\u0000b\\u000ac\\ud800");
  });

  test("names between backticks stand as code, escaped", () => {
    expect(prose("operation `<b>` of `x`").text).toBe("operation <code>&lt;b&gt;</code> of <code>x</code>");
  });
});
