import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type RunningServer } from "@cordon/server";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { importDirectory } from "@cordon/lake";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ending } from "./command-line.ts";

let folder: string;
let postgres: TestPostgres;
let server: RunningServer;
let at: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-account-"));
  postgres = await startTestPostgres();
  const home = join(folder, "home");
  const accountsFile = join(folder, "accounts.csv");
  await writeFile(accountsFile, "account_id,created_at,market,locale\nu-1,2013-01-01T00:00:00Z,SE,en\n");
  await importDirectory({
    lakeFolder: join(home, "lake"),
    accountsFile,
    installationsFile: null,
    asOfMs: Date.parse("2014-05-27T12:00:00Z"),
  });
  server = await startServer({
    home,
    port: 0,
    databaseUrl: postgres.url,
    directory: null,
    mail: null,
    version: "0",
    onNote: () => undefined,
  });
  at = ["--home", home, "--url", server.url];
});
afterAll(async () => {
  await server.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

test("`account explain` says what is known of an account and what to tell", async () => {
  const known = await ending("account", "explain", "u-1", ...at);
  expect(known).toMatchObject({ code: 0, line: "" });
  expect(known.stdout).toMatch(
    /^account u-1: known as of 2014-05-27T12:00:00\.000Z\nno bundle is in force\n/,
  );
  const unknown = await ending("account", "explain", "u-2", ...at, "--json");
  expect(JSON.parse(unknown.stdout)).toMatchObject({
    account: "u-2",
    directory: { known: false },
    tell: ["We know no account with this id. Please check it with them."],
  });
});

test("wrong input is one line", async () => {
  const wrong = await ending("account", "explain", "u-1", "--auth-time", "yesterday", ...at);
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.line).toContain("--auth-time is `yesterday`, expected an RFC 3339 time");
});
