import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readlink, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { importDirectory, openDirectory } from "@cordon/lake";
import { jsonl, sql } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const asOfMs = Date.parse("2014-05-27T12:00:00Z");
const child = join(import.meta.dirname, "import-child.ts");

/** When to kill: a state of the folder that a running import comes through, or so long after its beginning. */
type Moment = number | ((lakeFolder: string) => Promise<boolean>);

const moments: readonly Moment[] = [
  0,
  50,
  (lake) => has(lake, "next"),
  (lake) => has(join(lake, "next"), "accounts.parquet"),
  (lake) => has(join(lake, "next"), "directory.json"),
  async (lake) => (await names(join(lake, "versions"))).length > 1,
  async (lake) => (await readlink(join(lake, "current"))) !== "versions/1",
];

async function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function has(folder: string, name: string): Promise<boolean> {
  return (await names(folder)).includes(name);
}

async function wrote(
  folder: string,
  accountIds: readonly string[],
  version: string,
): Promise<readonly [string, string]> {
  const accounts = accountIds.map((id) => ({
    account_id: id,
    created_at: null,
    market: "SE",
    locale: version === "1" ? "sv" : "en",
  }));
  const installations = accountIds.map((id) => ({
    account_id: id,
    platform: "android",
    store: "website",
    version,
    last_seen: null,
    has_offline: true,
  }));
  const files = [
    join(folder, `accounts-${version}.jsonl`),
    join(folder, `installations-${version}.jsonl`),
  ] as const;
  await writeFile(files[0], jsonl(accounts));
  await writeFile(files[1], jsonl(installations));
  return files;
}

/** What is at rest, as one of the two exports; throws for anything between. */
async function atRest(lakeFolder: string): Promise<string> {
  const directory = await openDirectory({ lakeFolder });
  try {
    const { asOf, accounts, installations } = await directory.state();
    const [rows] = await sql(
      `SELECT (SELECT count(*) FROM '${lakeFolder}/accounts.parquet') AS accounts,
              (SELECT CAST(max(ordinal) + 1 AS BIGINT) FROM '${lakeFolder}/accounts.parquet') AS ordinals,
              (SELECT string_agg(DISTINCT locale) FROM '${lakeFolder}/accounts.parquet' WHERE left_at IS NULL) AS locale,
              (SELECT count(*) FROM '${lakeFolder}/installations.parquet') AS installations,
              (SELECT string_agg(DISTINCT version) FROM '${lakeFolder}/installations.parquet') AS version`,
    );
    expect(rows).toMatchObject({
      accounts: String(accounts),
      ordinals: String(accounts),
      installations: String(installations),
    });
    return `${asOf} ${String(rows?.["locale"])} ${String(rows?.["version"])} ${accounts} ${installations}`;
  } finally {
    directory.close();
  }
}

test("kill -9 at any moment of an import leaves the old directory or the new one, and the next import goes on", async () => {
  const folder = await temporaryFolder();
  const oldIds = Array.from({ length: 3000 }, (_, index) => `u-${index}`);
  const newIds = Array.from({ length: 3000 }, (_, index) => `u-${index + 500}`);
  const oldFiles = await wrote(folder, oldIds, "1");
  const newFiles = await wrote(folder, newIds, "2");
  const before = "2014-05-27T12:00:00.000Z sv 1 3000 3000";
  const after = "2014-05-28T12:00:00.000Z en 2 3500 3000";
  const prepared = join(folder, "lake");
  await importDirectory({
    lakeFolder: prepared,
    accountsFile: oldFiles[0],
    installationsFile: oldFiles[1],
    asOfMs,
  });
  const seen = new Set<string>();
  for (const [round, moment] of moments.entries()) {
    const lakeFolder = join(folder, `lake-${round}`);
    await cp(prepared, lakeFolder, { recursive: true, verbatimSymlinks: true });
    const importing = spawn(process.execPath, [child, lakeFolder, ...newFiles, String(asOfMs + 86_400_000)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(importing, "exit");
    await once(importing.stdout, "data");
    if (typeof moment === "number") await delay(moment);
    else while (importing.exitCode === null && !(await moment(lakeFolder))) await delay(1);
    importing.kill("SIGKILL");
    await exited;

    const left = await atRest(lakeFolder);
    expect([before, after]).toContain(left);
    seen.add(left);
    await importDirectory({
      lakeFolder,
      accountsFile: newFiles[0],
      installationsFile: newFiles[1],
      asOfMs: asOfMs + 86_400_000,
    });
    expect(await atRest(lakeFolder)).toBe(after);
    expect((await names(lakeFolder)).toSorted()).toEqual([
      "accounts.parquet",
      "current",
      "directory.json",
      "import.lock",
      "installations.parquet",
      "versions",
    ]);
  }
  expect(seen).toContain(before);
}, 120_000);
