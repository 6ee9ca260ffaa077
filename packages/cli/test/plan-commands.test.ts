import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Incident, Plan } from "@cordon/contract";
import { startServer, type RunningServer } from "@cordon/server";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cordon } from "./command-line.ts";

let folder: string;
let postgres: TestPostgres;
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-plan-"));
  postgres = await startTestPostgres();
  const accounts = join(folder, "accounts.csv");
  await writeFile(
    accounts,
    "account_id,created_at,market,locale\nu-1,2013-01-01T00:00:00Z,SE,en\nu-2,2013-01-01T00:00:00Z,SE,en\n",
  );
  server = await startServer({
    home: join(folder, "home"),
    port: 0,
    databaseUrl: postgres.url,
    directory: { accounts, installations: null, token: null },
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

const run = (...line: readonly string[]) =>
  cordon([...line, "--url", server.url], { env: { CORDON_HOME: join(folder, "home") } });

async function json<T>(...line: readonly string[]): Promise<T> {
  const ran = await run(...line, "--json");
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as T;
}

async function planFile(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe("`cordon incident` and `cordon plan`", () => {
  let incident: Incident;

  test("take a plan from its YAML through asking and two approvals to its bundle, and back again", async () => {
    incident = await json<Incident>("incident", "open", "access to internal systems");
    const file = await planFile(
      "plan.yaml",
      "measures:\n  - id: reauth\n    measure: reauthenticate\n    cohort: { directory: { market: SE } }\n",
    );
    const plan = await json<Plan>("plan", "draft", incident.id, file);
    const asked = await json<Plan>("plan", "ask", plan.id);
    expect(asked.asked).toMatchObject({ reachAccounts: 2, needed: 2 });
    expect((await run("plan", "approve", plan.id)).code).not.toBe(0);
    await json("plan", "approve", plan.id, "--as", "approver");
    await json("plan", "approve", plan.id, "--as", "second-approver");
    for (;;) {
      if ((await json<Plan>("plan", "show", plan.id)).state === "in-force") break;
    }
    expect((await run("incident", "show", incident.id)).stdout).toContain(`plan ${plan.id}: in-force`);
    expect((await run("plan", "lift", plan.id, "--because", "over")).stdout).toContain("lift");
    expect((await run("incident", "timeline", incident.id)).stdout).toMatch(/plan in force/);
    expect((await run("incident", "judge", incident.id)).code).toBe(1);
  });

  test.each([
    ["a measure that is none", "measures:\n  - id: a\n    measure: sing\n", /plan\d\.yaml:[23]: it /],
    [
      "an unknown key",
      "measures:\n  - id: a\n    measure: upgrade\n    below: '1.0'\n    colour: red\n",
      /plan\d\.yaml:\d: it /,
    ],
    [
      "what only the control plane can know",
      "measures:\n  - id: a\n    measure: upgrade\n    below: no version\n",
      /plan\d\.yaml:4: .*expected/,
    ],
  ])("say at which line %s stands, and write nothing", async (_, text, told) => {
    const file = await planFile(`plan${text.length % 10}.yaml`, text);
    const { code, stderr, stdout } = await run("plan", "draft", incident.id, file);
    expect(stderr).toMatch(told);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect((await json<Incident>("incident", "show", incident.id)).plans).toHaveLength(1);
  });

  test("refuse what is no plan of any incident", async () => {
    const { code, stderr } = await run("plan", "start", "plan-0000000000000000");
    expect({ code, stderr: stderr.trim() }).toEqual({
      code: 2,
      stderr: "`plan-0000000000000000` is no plan of any incident, expected the id of one",
    });
  });
});
