import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startTestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

const launcher = path.join(import.meta.dirname, "../bin/cordon.mjs");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cordon-directory-"));
  writeFileSync(
    path.join(folder, "accounts.csv"),
    "account_id,created_at,market,locale\n007,,SE,sv\n7,,GB,en\n",
  );
  writeFileSync(path.join(folder, "url"), "postgres://127.0.0.1:1/nobody\n");
  writeFileSync(path.join(folder, "wrong.csv"), "account_id,created_at,market,language\n007,,SE,sv\n");
  writeFileSync(
    path.join(folder, "installations.jsonl"),
    '{"account_id":"7","platform":"web","store":"website","version":"1","last_seen":null,"has_offline":false}\n',
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function cordon(...args: readonly string[]): { exitCode: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, "directory", "import", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { exitCode: status, stdout, stderr };
}

const asOf = ["--as-of", "2014-05-27T12:00:00Z"];

test("imports accounts and installations into the home and says what it holds", () => {
  const { exitCode, stdout } = cordon(
    "accounts.csv",
    "--installations",
    "installations.jsonl",
    ...asOf,
    "--home",
    "home",
    "--json",
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    asOf: "2014-05-27T12:00:00.000Z",
    accounts: 2,
    left: 0,
    installations: 1,
  });
  expect(existsSync(path.join(folder, "home/lake/accounts.parquet"))).toBe(true);
});

test.each([
  [["wrong.csv", ...asOf], "wrong.csv:1: unknown column `language`, expected one of account_id,"],
  [["none.csv", ...asOf], "none.csv: there is no such file, expected a file that can be read"],
  [["accounts.csv"], "no --as-of, expected when the files were taken from the service"],
  [["accounts", "--from", "mysql"], "--from is `mysql`, expected postgres"],
  [
    ["accounts", "--from", "postgres"],
    "--from postgres without a database, expected CORDON_DIRECTORY_DATABASE_URL",
  ],
  [["accounts", "--from", "postgres", ...asOf], "--as-of with --from postgres, expected none"],
  [["accounts.csv", ...asOf, "--url-file", "url"], "--url-file without --from postgres, expected both"],
  [
    ["a.sql", "--from", "postgres", "--url-file", "url"],
    "a.sql: no such file, expected a file with one SELECT",
  ],
  [["accounts.csv", "--as-of", "yesterday"], "--as-of is `yesterday`, expected an RFC 3339 time with `Z`"],
  [
    ["accounts.csv", "--installations", "accounts.csv", ...asOf],
    "accounts.csv:1: unknown column `created_at`",
  ],
])("wrong input gets one line on stderr and nothing is written: %j", (args, line) => {
  const { exitCode, stdout, stderr } = cordon(...args, "--home", "fresh", "--json");
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr.startsWith(line) ? line : stderr).toBe(line);
  expect(existsSync(path.join(folder, "fresh"))).toBe(false);
});

test("--help has an example", () => {
  expect(cordon("--help").stdout).toContain(
    "cordon directory import accounts.csv --installations installations.csv --as-of",
  );
});

test("straight from a PostgreSQL, whose URL is in no argument", async () => {
  const postgres = await startTestPostgres();
  try {
    writeFileSync(path.join(folder, "url"), `${postgres.url}\n`, { mode: 0o600 });
    writeFileSync(
      path.join(folder, "people.sql"),
      "SELECT gen_random_uuid() AS account_id, now() AS created_at, 'SE' AS market, 'sv' AS locale;\n",
    );
    const { exitCode, stdout } = cordon(
      "people.sql",
      "--from",
      "postgres",
      "--url-file",
      "url",
      "--home",
      "copied",
      "--json",
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accounts: 1, version: 1 });
  } finally {
    await postgres.stop();
  }
});
