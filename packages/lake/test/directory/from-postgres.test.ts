import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { importDirectory, importDirectoryFromPostgres } from "@cordon/lake";
import type { DirectoryState, PostgresSource } from "@cordon/lake";
import { startTestPostgres } from "@cordon/testkit";
import type { TestPostgres } from "@cordon/testkit";
import { jsonl, sql } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const nowMs = Date.parse("2014-05-27T12:00:00Z");

let server: TestPostgres;
let db: pg.Client;

beforeAll(async () => {
  server = await startTestPostgres();
  db = new pg.Client({ connectionString: server.url });
  await db.connect();
});

afterAll(async () => {
  await db.end();
  await server.stop();
});

beforeEach(async () => {
  await db.query(`
    DROP SCHEMA public CASCADE; CREATE SCHEMA public;
    CREATE TYPE platform AS ENUM ('android', 'ios', 'windows-phone', 'desktop', 'web');
    CREATE TABLE accounts (account_id text, created_at timestamptz, market char(5), locale varchar(255), email text,
      password_set_at timestamp, password_hash text DEFAULT 'secret');
    CREATE TABLE installations (account_id text, platform platform, store text, version text, last_seen timestamptz,
      has_offline boolean)`);
});

const tables: PostgresSource["accounts"] = { table: "public.accounts" };

async function imported(
  lakeFolder: string,
  source: Partial<PostgresSource> = {},
  clock = () => nowMs,
): Promise<DirectoryState> {
  const postgres = {
    url: server.url,
    accounts: tables,
    installations: { table: "installations" },
    ...source,
  };
  return importDirectoryFromPostgres({ lakeFolder, postgres, clock });
}

function atRest(lakeFolder: string, table: string): Promise<readonly Record<string, unknown>[]> {
  return sql(
    `SELECT * FROM '${lakeFolder}/${table}.parquet' ORDER BY ordinal, version`.replace(
      table === "accounts" ? ", version" : "$",
      "",
    ),
  );
}

async function lake(): Promise<string> {
  return join(await temporaryFolder(), "lake");
}

/** Text as hostile as PostgreSQL can hold. */
const hostile = fc
  .array(
    fc.constantFrom(
      ..."\\ntbvfr\n\r\t\b\f\v\u0001\u001f\"',.N ".split(""),
      "\\N",
      "\\.",
      "\\\\",
      "é",
      "\u{1F600}",
      "\uFFFD",
      "NULL",
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(""));

const accountRows = fc.uniqueArray(
  fc.record({
    account_id: hostile.filter((text) => text !== ""),
    created_at: fc.constantFrom(
      null,
      "2013-01-01T00:00:00Z",
      "2014-02-28T23:59:59.123456Z",
      "1969-12-31T23:59:59Z",
    ),
    market: fc.constantFrom(null, "SE", "US-CA"),
    locale: fc.constantFrom(null, "sv-SE"),
    email: fc.option(hostile, { nil: null }),
    password_set_at: fc.constantFrom(null, "2012-06-01T12:00:00.5Z"),
  }),
  { selector: ({ account_id }) => account_id, minLength: 1, maxLength: 12 },
);

describe("straight from a PostgreSQL by COPY", () => {
  test("whatever the rows hold, the directory is the one that the same rows give as JSON lines", async () => {
    await fc.assert(
      fc.asyncProperty(accountRows, fc.array(hostile, { maxLength: 4 }), async (accounts, versions) => {
        await db.query("TRUNCATE accounts, installations");
        for (const row of accounts) {
          await db.query(
            `INSERT INTO accounts (account_id, created_at, market, locale, email, password_set_at)
             VALUES ($1, $2, $3, $4, $5, $6::timestamptz AT TIME ZONE 'UTC')`,
            Object.values(row),
          );
        }
        const installations = versions.map((version, index) => ({
          account_id: accounts[index % accounts.length]?.account_id ?? "",
          platform: "android",
          store: "website",
          version: `${index} ${version}`,
          last_seen: index % 2 === 0 ? null : "2014-05-01T00:00:00.000001Z",
          has_offline: index % 2 === 0,
        }));
        for (const row of installations)
          await db.query("INSERT INTO installations VALUES ($1, $2, $3, $4, $5, $6)", Object.values(row));
        const folder = await temporaryFolder();
        const files = [join(folder, "accounts.jsonl"), join(folder, "installations.jsonl")] as const;
        await writeFile(files[0], jsonl(accounts));
        await writeFile(files[1], jsonl(installations));
        const [byCopy, byFile] = [join(folder, "copied"), join(folder, "filed")];
        await imported(byCopy);
        await importDirectory({
          lakeFolder: byFile,
          accountsFile: files[0],
          installationsFile: files[1],
          asOfMs: nowMs,
        });
        expect(await atRest(byCopy, "accounts")).toEqual(await atRest(byFile, "accounts"));
        expect(await atRest(byCopy, "installations")).toEqual(await atRest(byFile, "installations"));
      }),
      { numRuns: 12 },
    );
  });

  test("of a table only the directory's columns are read, of any type that says the same", async () => {
    await db.query(`
      CREATE TABLE "Odd people" (account_id bigint, created_at text, market varchar, locale name, password bytea);
      INSERT INTO "Odd people" VALUES (7, '2013-01-01T00:00:00+02:00', 'SE', 'sv', 'x'), (-8, NULL, NULL, NULL, NULL)`);
    const lakeFolder = await lake();
    expect(await imported(lakeFolder, { accounts: { table: "public.Odd people" } })).toMatchObject({
      accounts: 2,
      asOf: "2014-05-27T12:00:00.000Z",
    });
    expect(await atRest(lakeFolder, "accounts")).toMatchObject([
      { account_id: "7", created_at: "2012-12-31 22:00:00+00", market: "SE", locale: "sv" },
      { account_id: "-8", created_at: null, market: null, locale: null },
    ]);
  });

  test("a query", async () => {
    await db.query("INSERT INTO accounts VALUES ('a', NULL, 'SE', 'sv'), ('b', NULL, 'GB', 'en')");
    const query =
      "SELECT account_id, created_at, market, locale FROM accounts WHERE market = 'GB' -- them; only\n ; ";
    const lakeFolder = await lake();
    expect(await imported(lakeFolder, { accounts: { query }, installations: null })).toMatchObject({
      accounts: 1,
      installationsAsOf: null,
    });
  });

  test("accounts and installations are one snapshot: what comes in between is in neither, and the as-of is before it", async () => {
    await db.query("INSERT INTO accounts VALUES ('a', NULL, 'SE', 'sv')");
    // The first statement of the snapshot waits in this function until somebody else has signed up.
    await db.query(`
      CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_lock_shared(1); RETURN true; END $$`);
    await db.query("SELECT pg_advisory_lock(1)");
    const lakeFolder = await lake();
    const importing = imported(lakeFolder, {
      accounts: {
        query: "SELECT account_id, created_at, market, locale FROM accounts WHERE (SELECT slow())",
      },
    });
    const waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    await expect.poll(async () => (await db.query(waiting)).rowCount).toBe(1);
    await db.query("INSERT INTO accounts VALUES ('late', NULL, 'SE', 'sv')");
    await db.query("INSERT INTO installations VALUES ('late', 'web', 'website', '1', NULL, false)");
    await db.query("SELECT pg_advisory_unlock(1)");
    // Without the snapshot this would be an installation of an unknown account.
    expect(await importing).toMatchObject({ accounts: 1, installations: 0 });
    expect(await imported(lakeFolder, {}, () => nowMs + 1)).toMatchObject({ accounts: 2, installations: 1 });
  });

  test("hidden rows are an error, not a smaller directory", async () => {
    await db.query(`
      INSERT INTO accounts VALUES ('a', NULL, 'SE', 'sv'), ('b', NULL, 'SE', 'sv');
      ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON accounts USING (account_id = 'a');
      DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON accounts TO reader`);
    const lakeFolder = await lake();
    const url = server.url.replace("postgres@", "reader@");
    await expect(imported(lakeFolder, { url, installations: null })).rejects.toMatchObject({
      code: "ERR_LAKE_DATABASE",
    });
    expect(await readdir(lakeFolder).catch(() => null)).toBeNull();
  });

  test.each<[string, string, RegExp]>([
    [
      "a second statement",
      "SELECT 1 AS x) AS given LIMIT 0; DROP TABLE accounts; SELECT * FROM (SELECT 1",
      /cannot insert multiple commands/,
    ],
    ["a write", "DELETE FROM accounts RETURNING *", /syntax error/],
    [
      "a write in a function",
      "SELECT setval('s', 1)::text AS account_id, now() AS created_at, 'SE' AS market, 'sv' AS locale",
      /read-only transaction/,
    ],
    [
      "an unknown column",
      "SELECT *, 1 AS x FROM accounts",
      /unknown column `password_hash`, expected one of account_id/,
    ],
    ["a missing column", "SELECT account_id FROM accounts", /no column `created_at`, expected at least/],
    [
      "a column of another type",
      "SELECT account_id, created_at, '{}'::json AS market, locale FROM accounts",
      /column `market` of type json, expected text/,
    ],
    [
      "a time that no log can hold",
      "SELECT account_id, 'infinity'::timestamptz AS created_at, market, locale FROM accounts",
      /^PostgreSQL, accounts:1: created_at is `infinity`, expected an RFC 3339 time/,
    ],
    [
      "an account twice",
      "SELECT account_id, created_at, market, locale FROM accounts, generate_series(1, 2)",
      /^PostgreSQL, accounts:2: account_id `a` again/,
    ],
    ["no account", "SELECT account_id, created_at, market, locale FROM accounts LIMIT 0", /no accounts/],
  ])("%s is refused, and nothing is written", async (_, query, message) => {
    await db.query("CREATE SEQUENCE s; INSERT INTO accounts VALUES ('a', NULL, 'SE', 'sv')");
    const lakeFolder = await lake();
    const failure: unknown = await imported(lakeFolder, { accounts: { query } }).catch(
      (error: unknown) => error,
    );
    expect(failure).toHaveProperty("message", expect.stringMatching(message));
    expect(String(failure)).not.toContain("\n");
    expect(await readdir(lakeFolder).catch(() => null)).toBeNull();
    expect((await db.query("SELECT count(*)::int AS n FROM accounts")).rows).toEqual([{ n: 1 }]);
  });

  test("no message holds the URL, which is a secret", async () => {
    const lakeFolder = await lake();
    const secret = "hunter2hunter2";
    for (const url of [
      `postgres://me:${secret}@127.0.0.1:1/x`,
      `mysql://me:${secret}@host/x`,
      `not ${secret}`,
    ]) {
      const failure: unknown = await imported(lakeFolder, { url }).catch((error: unknown) => error);
      expect(failure).toHaveProperty("code", expect.stringMatching(/^ERR_LAKE_(DATABASE|ADDRESS)$/));
      expect(JSON.stringify(failure) + String(failure)).not.toContain(secret);
    }
  });

  test("the same rows again write nothing but when that was", async () => {
    await db.query("INSERT INTO accounts VALUES ('a', NULL, 'SE', 'sv')");
    const lakeFolder = await lake();
    await imported(lakeFolder);
    await imported(lakeFolder, {}, () => nowMs + 1000);
    const files = await sql(`SELECT count(*) AS files FROM glob('${lakeFolder}/versions/*/copied*')`);
    expect(files).toEqual([{ files: "0" }]);
    const state: unknown = JSON.parse(await readFile(join(lakeFolder, "directory.json"), "utf8"));
    expect(state).toMatchObject({ asOf: "2014-05-27T12:00:01.000Z", accounts: 1 });
  });
});
