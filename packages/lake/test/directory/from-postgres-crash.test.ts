import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { expect, test } from "vitest";
import { importDirectoryFromPostgres, openDirectory } from "@cordon/lake";
import { startTestPostgres } from "@cordon/testkit";
import { temporaryFolder } from "./temporary-folder.ts";

const child = join(import.meta.dirname, "postgres-child.ts");
const asOfMs = Date.parse("2014-05-27T12:00:00Z");

async function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

const moments: readonly ((lake: string) => Promise<boolean>)[] = [
  async (lake) => (await names(join(lake, "next"))).includes("copied"),
  async (lake) => (await names(join(lake, "next", "copied"))).includes("accounts-0.parquet"),
  async (lake) => (await names(join(lake, "next"))).includes("accounts.parquet"),
  async (lake) => (await names(join(lake, "next", "columns"))).includes("seen"),
  async (lake) => (await readlink(join(lake, "current"))) !== "versions/1",
];

test("kill -9 at any moment of a copy leaves the old directory or the new one, and nothing copied in it", async () => {
  const server = await startTestPostgres();
  const db = new pg.Client({ connectionString: server.url });
  try {
    await db.connect();
    await db.query(`
      CREATE TABLE accounts AS SELECT 'u-' || i AS account_id, now() AS created_at, 'SE' AS market, 'sv' AS locale
        FROM generate_series(1, 20000) AS i;
      CREATE TABLE installations AS SELECT account_id, 'web' AS platform, 'website' AS store, '1' AS version,
        now() AS last_seen, true AS has_offline FROM accounts`);
    const postgres = {
      url: server.url,
      accounts: { table: "accounts" },
      installations: { table: "installations" },
    };
    const prepared = join(await temporaryFolder(), "lake");
    const old = await importDirectoryFromPostgres({ lakeFolder: prepared, postgres, clock: () => asOfMs });
    expect(old).toMatchObject({ accounts: 20_000, installations: 20_000 });
    await db.query(
      "INSERT INTO accounts SELECT 'v-' || i, now(), 'GB', 'en' FROM generate_series(1, 500) AS i",
    );
    const seen = new Set<number>();
    for (const moment of moments) {
      const before = await readlink(join(prepared, "current"));
      const importing = spawn(process.execPath, [child, prepared, server.url, String(asOfMs + 1000)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exited = once(importing, "exit");
      await once(importing.stdout, "data");
      const reached =
        before === "versions/1" ? moment : async () => (await names(join(prepared, "next"))).length > 0;
      while (importing.exitCode === null && !(await reached(prepared))) await delay(1);
      importing.kill("SIGKILL");
      await exited;
      const directory = await openDirectory({ lakeFolder: prepared });
      try {
        const { accounts } = await directory.state();
        expect([20_000, 20_500]).toContain(accounts);
        expect(await directory.countCohort({ directory: { market: ["SE", "GB"] } })).toBe(accounts);
        seen.add(accounts);
      } finally {
        directory.close();
      }
      expect(await names(join(prepared, "current"))).not.toContain("copied");
    }
    expect(seen).toContain(20_000);
    const end = await importDirectoryFromPostgres({
      lakeFolder: prepared,
      postgres,
      clock: () => asOfMs + 2000,
    });
    expect(end.accounts).toBe(20_500);
    expect(await names(prepared)).not.toContain("next");
  } finally {
    await db.end();
    await server.stop();
  }
}, 120_000);
