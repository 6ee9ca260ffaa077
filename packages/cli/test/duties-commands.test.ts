import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuthorityForm, Incident, IncidentDuties } from "@cordon/contract";
import { startServer, type RunningServer } from "@cordon/server";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cordon, ending } from "./command-line.ts";

const hourMs = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * hourMs).toISOString();

let folder: string;
let postgres: TestPostgres;
let server: RunningServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-duties-"));
  postgres = await startTestPostgres();
  server = await startServer({
    home: join(folder, "home"),
    port: 0,
    databaseUrl: postgres.url,
    directory: null,
    mail: null,
    version: "0",
    onNote: () => undefined,
  });
});
afterAll(async () => {
  await server.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

const where = () => ["--url", server.url, "--home", join(folder, "home")];
const run = (...line: readonly string[]) => ending(...line, ...where());

async function json<T>(...line: readonly string[]): Promise<T> {
  const ran = await run(...line, "--json");
  if (ran.code !== 0) throw new Error(ran.line);
  return JSON.parse(ran.stdout) as T;
}

test("`cordon duties` speaks to a server: markets, start events, done with a reference, not applicable, more time, standstill, form", async () => {
  const { id } = await json<Incident>("incident", "open", "access to internal systems");
  expect((await run("duties", "show", id)).stdout).toContain("No market is named yet.");
  await json("duties", "markets", id, "SE,US-CA");
  const at = ago(80);
  await json("duties", "record", id, "awareness", "--at", at, "--name", "Grace Hopper");

  const late = await cordon(["duties", "show", id, ...where()]);
  expect(late.code).toBe(1);
  expect(late.stdout).toContain("not legal advice");
  expect(late.stdout).toMatch(/^eu-gdpr-33 {2}overdue, -0 d 0[78]:/m);
  expect(late.stdout).toContain("secondary (reprint)");
  expect(late.stdout).toContain(`awareness ${at}, as Grace Hopper decided`);

  const later = await run("duties", "record", id, "awareness", "--at", ago(10));
  expect(later.code).not.toBe(0);
  expect(later.line).toMatch(/would move it later/);
  await json("duties", "record", id, "awareness", "--at", ago(10), "--because", "another system");

  const done = ["duties", "done", id, "eu-gdpr-33", "--at", ago(1), "--reference", "IMY-2026-1234"];
  const after = await json<IncidentDuties>(...done, "--authority", "IMY");
  const gdpr = after.duties.find(({ rule }) => rule.id === "eu-gdpr-33");
  expect(gdpr).toMatchObject({ status: "done", settled: { reference: "IMY-2026-1234", authority: "IMY" } });
  expect((await run(...done)).code).not.toBe(0);
  await json("duties", "reopen", id, "eu-gdpr-33", "--because", "it was refused");

  const waive = ["duties", "waive", id, "eu-nis2-warning", "--because", "no essential entity"];
  expect((await run(...waive)).line).toMatch(/only approver may/);
  await json(...waive, "--as", "approver");
  const until = new Date(Date.now() + 96 * hourMs).toISOString();
  const more = ["--because", "logs are read", "--as", "approver"];
  const extended = await json<IncidentDuties>(
    "duties",
    "extend",
    id,
    "eu-gdpr-33",
    "--until",
    until,
    ...more,
  );
  expect(extended.duties.find(({ rule }) => rule.id === "eu-gdpr-33")?.dueAt).toBe(until);
  await json("duties", "record", id, "determination", "--at", ago(5));
  const tolled = await json<IncidentDuties>(
    ...["duties", "toll", id, "us-ca-individuals", "--from", ago(4)],
    ...["--because", "asked by law enforcement", "--as", "approver"],
  );
  expect(tolled.duties.find(({ rule }) => rule.id === "us-ca-individuals")?.status).toBe("tolled");

  const form = await json<AuthorityForm>("duties", "form", id);
  expect(form).toMatchObject({ rule: "eu-gdpr-33", inPhases: true, claims: [] });
  expect((await run("duties", "form", id)).stdout).toContain("Rests on no claim: none holds.");
});

test("wrong input is one line with 2, and changes nothing", async () => {
  const { id } = await json<Incident>("incident", "open", "wrong input");
  for (const line of [
    ["markets", id, "se"],
    ["record", id, "alarm", "--at", ago(1)],
    ["record", id, "awareness", "--at", "yesterday"],
    ["record", id, "awareness"],
  ]) {
    const ran = await run("duties", ...line);
    expect(ran.code, line.join(" ")).toBe(2);
    expect(ran.line, line.join(" ")).toMatch(/^[^\n]+, expected [^\n]+$/);
  }
  const now = await json<IncidentDuties>("duties", "show", id);
  expect(now).toMatchObject({ markets: [], starts: [], duties: [] });
});

test("a server goes by rules of one's own, and one that is no rule pack ends it with its file and line", async () => {
  const file = join(folder, "rules.yaml");
  await writeFile(file, "version: own\nrules:\n  - id: x\n");
  const home = join(folder, "other");
  const refused = await ending("serve", "--home", home, "--port", "0", "--duty-rules", file);
  expect(refused.code).toBe(2);
  expect(refused.line).toMatch(/rules\.yaml:3: /);
});
