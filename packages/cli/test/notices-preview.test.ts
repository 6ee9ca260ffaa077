import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer, Incident, Notice } from "@cordon/contract";
import { CordonClient } from "@cordon/sdk";
import { startServer, type RunningServer } from "@cordon/server";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ending } from "./command-line.ts";

const hasBrowser = process.platform === "linux" && process.arch === "x64";

const map = {
  version: 1,
  stores: { "profile-db": { classes: ["user.name"], accounts: "all" } },
  sources: {
    api: {
      format: "jsonl",
      store: "profile-db",
      fields: { time: "ts", actor: "who", operation: "op", sequence: "seq" },
      operations: { get: { account: "user", classes: ["user.name"] } },
      coverage: { from: "2014-05-01T00:00:00Z", to: "2014-06-01T00:00:00Z", proof: "sequence" },
    },
  },
};
const question = {
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
  suspect: [{ actor: "svc" }],
  decoys: [],
};

let folder: string;
let postgres: TestPostgres;
let server: RunningServer;
let incident: Incident;
let notice: Notice;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-preview-"));
  const home = join(folder, "home");
  postgres = await startTestPostgres();
  const accounts = join(folder, "accounts.csv");
  const rows = [
    "account_id,created_at,market,locale,email",
    "u-1,2013-01-01T00:00:00Z,SE,en,u-1@example.net",
  ];
  await writeFile(accounts, `${[...rows, "u-2,2013-01-01T00:00:00Z,SE,ja,u-2@example.net"].join("\n")}\n`);
  await mkdir(join(home, "evidence", "first", "api"), { recursive: true });
  const line = (seq: number, day: string, who: string) =>
    JSON.stringify({ ts: `2014-05-${day}T00:00:00Z`, who, op: "get", user: "u-1", seq });
  const log = [line(1, "19", "web"), line(2, "22", "svc"), line(3, "27", "web")];
  await writeFile(join(home, "evidence", "first", "api", "a.jsonl"), `${log.join("\n")}\n`);
  server = await startServer({
    home,
    port: 0,
    databaseUrl: postgres.url,
    directory: { accounts, installations: null, token: null },
    // Nothing is sent here: a preview needs somebody who would write.
    mail: { url: "smtp://127.0.0.1:9?tls=never", from: "Overture <security@overture.example>" },
    version: "0",
    onNote: () => undefined,
  });
  const token = (await readFile(join(home, "operators", "author.token"), "utf8")).trim();
  const client = new CordonClient({ url: server.url, token, newId: randomUUID });
  incident = await client.openIncident({ title: "access to internal systems" });
  const answer: Answer = await client.askQuestion(incident.id, { map, question, evidence: "first" });
  const { answerDigest } = answer;
  for (const assumption of answer.assumptions)
    await client.acceptAssumption(incident.id, { answerDigest, assumption });
  await client.makeClaim(incident.id, { answerDigest });
  notice = await client.draftNotice(incident.id, {
    service: "Overture",
    signature: { name: "Ada Lovelace", role: "CTO" },
    contact: { email: "help@overture.example" },
  });
});
afterAll(async () => {
  await server.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

const preview = (...more: readonly string[]) =>
  ending(
    ...["notices", "preview", incident.id, notice.id, "--url", server.url, "--home", join(folder, "home")],
    ...more,
  );

test("`notices preview` writes what every audience will see, in every channel and language, before anybody approves it", async () => {
  const out = join(folder, "all");
  const ran = await preview("--out", out, "--json");
  expect(ran.code, ran.line).toBe(0);
  const written = JSON.parse(ran.stdout) as { texts: number; pictures: number; languages: number };
  const languages = (await readdir(out)).filter((name) => name !== "index.html");
  expect(written).toMatchObject({ pictures: 0, languages: languages.length });
  expect(languages.toSorted()).toEqual(["ar", "de", "en", "es", "fr", "ja", "pl", "pt-BR"]);
  const english = (await readdir(join(out, "en"))).filter((name) => name.endsWith(".txt"));
  expect(written.texts).toBe(english.length * languages.length);
  const mail = english.find((name) => name.includes("affected")) ?? "";
  const text = await readFile(join(out, "en", mail), "utf8");
  expect(text).toContain("Overture");
  expect(text).toContain(incident.id);
  // Nothing was approved, and nobody is in a preview.
  expect(text).not.toContain("u-1@example.net");
});

test("one language alone, and one that nothing is written in is refused with nothing written", async () => {
  const out = join(folder, "german");
  expect((await preview("--out", out, "--locale", "de")).stdout).toContain("in 1 languages");
  expect((await readdir(out)).toSorted()).toEqual(["de", "index.html"]);
  const refused = await preview("--out", join(folder, "none"), "--locale", "tlh");
  expect(refused.code).not.toBe(0);
  expect(refused.line).toMatch(/^[^\n]+$/);
  await expect(readdir(join(folder, "none"))).rejects.toThrow("ENOENT");
});

test.runIf(hasBrowser)("with --pictures each page is a picture by a real browser", async () => {
  const out = join(folder, "pictures");
  const ran = await preview("--out", out, "--locale", "ja", "--pictures", "--json");
  expect(ran.code, ran.line).toBe(0);
  const written = JSON.parse(ran.stdout) as { pictures: number; missingGlyphs: Record<string, number> };
  const names = await readdir(join(out, "ja"));
  expect(written.pictures).toBe(names.filter((name) => name.endsWith(".html")).length);
  expect(names.filter((name) => name.endsWith(".png"))).toHaveLength(written.pictures);
  const index = await readFile(join(out, "index.html"), "utf8");
  expect(index.includes("The text counts.")).toBe("ja" in written.missingGlyphs);
});
