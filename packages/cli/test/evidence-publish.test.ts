import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cordon, temporaryFolder } from "./command-line.ts";

let server: ChildProcess;
let folderOfServer: string;
let url: string;
beforeAll(async () => {
  // A real ClickHouse engine behind HTTP, a process of its own.
  folderOfServer = await mkdtemp(path.join(tmpdir(), "cordon-chdb-"));
  const program = path.join(import.meta.dirname, "../../lake/test/clickhouse/chdb-server.ts");
  server = fork(program, [folderOfServer], { execArgv: [] });
  const [port] = (await once(server, "message")) as [number];
  const made = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "CREATE DATABASE evidence" });
  expect(made.status).toBe(200);
  url = `clickhouse://127.0.0.1:${port}/evidence`;
});
afterAll(async () => {
  server.disconnect();
  await once(server, "exit");
  await rm(folderOfServer, { recursive: true });
});

describe("cordon evidence publish", () => {
  test("brings a lake into a database, from which `scope` then answers with the same `answerDigest`", async () => {
    const folder = temporaryFolder();
    const { map, question, logs } = await writeEvidence(folder);
    const lake = path.join(folder, "lake");
    const asked = ["scope", "--map", map, "--question", question, "--json", "--events"];
    const raw = await cordon([...asked, "--evidence", logs]);
    expect(
      (await cordon(["evidence", "import", "--map", map, "--evidence", logs, "--lake", lake])).code,
    ).toBe(0);
    const published = await cordon(["evidence", "publish", "--lake", lake, "--to", url, "--json"]);
    expect(published.stderr).toBe("");
    expect(JSON.parse(published.stdout)).toEqual({
      publication: 1,
      partsSent: 1,
      partsKnown: 0,
      events: 10,
      swept: true,
    });
    const held = await cordon([...asked, "--lake", url]);
    expect(held.stderr).toBe("");
    expect(JSON.parse(held.stdout)).toEqual(JSON.parse(raw.stdout));
    const again = await cordon(["evidence", "publish", "--lake", lake, "--to", url]);
    expect(again.stdout).toContain("parts:       0 sent, 1 known already");
  });
  test("takes no password on the command line, and does not repeat it", async () => {
    const refused = await cordon([
      "evidence",
      "publish",
      "--lake",
      "x",
      "--to",
      "clickhouse://me:secret@host/db",
    ]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(/^the lake's address holds a password.*CORDON_CLICKHOUSE_PASSWORD\n$/);
    expect(refused.stderr).not.toContain("secret");
  });
  test("with a password both in the environment and in a file is wrong input", async () => {
    const folder = temporaryFolder();
    const { map, question } = await writeEvidence(folder);
    const asked = ["scope", "--map", map, "--question", question, "--lake", "clickhouse://127.0.0.1:1/db"];
    const env = {
      CORDON_CLICKHOUSE_PASSWORD: "a",
      CORDON_CLICKHOUSE_PASSWORD_FILE: path.join(folder, "none"),
    };
    const both = await cordon(asked, { env });
    expect(both).toMatchObject({ code: 2, stdout: "" });
    expect(both.stderr).toMatch(/both give a password, expected one of them\n$/);
    const { CORDON_CLICKHOUSE_PASSWORD_FILE } = env;
    const missing = await cordon(asked, { env: { CORDON_CLICKHOUSE_PASSWORD_FILE } });
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toMatch(/none: no such file, expected a file that holds the password alone\n$/);
  });
  test("of a server that is away says so in one line", async () => {
    const folder = temporaryFolder();
    const { map, question } = await writeEvidence(folder);
    const away = await cordon([
      ...["scope", "--map", map, "--question", question],
      ...["--lake", "clickhouse://127.0.0.1:1/db"],
    ]);
    expect(away).toMatchObject({ code: 2, stdout: "" });
    expect(away.stderr).toMatch(/^`clickhouse:[^\n]*`: no answer from the server \(ECONNREFUSED\)\n$/);
  });
});

async function writeEvidence(
  folder: string,
): Promise<{ readonly map: string; readonly question: string; readonly logs: string }> {
  const map = path.join(folder, "map.yaml");
  const question = path.join(folder, "question.yaml");
  const logs = path.join(folder, "logs");
  await writeFile(
    map,
    `version: 1
stores:
  profile-db: { classes: [user.name], accounts: 100 }
sources:
  profile-api:
    format: jsonl
    store: profile-db
    fields: { time: ts, actor: by, operation: op }
    operations:
      get: { account: who, classes: [user.name] }
`,
  );
  await writeFile(
    question,
    `window: { from: 2014-05-20T00:00:00Z, to: 2014-05-26T00:00:00Z }\nsuspect: [{ actor: eve }]\n`,
  );
  await mkdir(path.join(logs, "profile-api"), { recursive: true });
  const lines = Array.from({ length: 10 }, (_, index) => ({
    ts: `2014-05-21T00:00:0${index}Z`,
    by: index % 2 === 0 ? "eve" : "amy",
    op: "get",
    who: `u-${index}`,
  }));
  await writeFile(
    path.join(logs, "profile-api", "a.jsonl"),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
  return { map, question, logs };
}
