import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { importDirectory, openDirectory } from "@cordon/lake";
import { jsonl, sql } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const asOfMs = Date.parse("2014-05-27T12:00:00Z");
const dayMs = 86_400_000;

const ids = ["a", "b", "c", "d", "e"];

interface Export {
  readonly accounts: readonly { readonly account_id: string; readonly market: string }[];
  /** Null: this refresh brings no installations. */
  readonly installations: readonly { readonly account: number; readonly version: string }[] | null;
}

const exports = fc.array(
  fc.record({
    accounts: fc.uniqueArray(
      fc.record({ account_id: fc.constantFrom(...ids), market: fc.constantFrom("SE", "GB") }),
      { selector: ({ account_id }) => account_id, minLength: 1 },
    ),
    installations: fc.option(
      fc.array(fc.record({ account: fc.nat(), version: fc.constantFrom("1", "2", "3") }), { maxLength: 5 }),
      { nil: null },
    ),
  }),
  { minLength: 2, maxLength: 3 },
);

class Refreshed {
  readonly lakeFolder: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.lakeFolder = join(folder, "lake");
  }

  async take({ accounts, installations }: Export, atMs: number): Promise<void> {
    const accountsFile = join(this.#folder, "accounts.jsonl");
    const installationsFile = join(this.#folder, "installations.jsonl");
    await writeFile(
      accountsFile,
      jsonl(accounts.map((account) => ({ ...account, created_at: "2013-01-01T00:00:00Z", locale: "en" }))),
    );
    const installed = (installations ?? []).map(({ account, version }) => ({
      account_id: accounts[account % accounts.length]?.account_id,
      platform: "web",
      store: "website",
      version,
      last_seen: null,
      has_offline: false,
    }));
    await writeFile(installationsFile, jsonl(installed));
    await importDirectory({
      lakeFolder: this.lakeFolder,
      accountsFile,
      installationsFile: installations === null ? null : installationsFile,
      asOfMs: atMs,
    });
  }

  /** What is at rest but for ordinals. */
  async told(): Promise<object> {
    const accounts = await sql(
      `SELECT account_id, market FROM '${this.lakeFolder}/accounts.parquet' WHERE left_at IS NULL ORDER BY account_id`,
    );
    const installations = await sql(
      `SELECT account_id, version FROM '${this.lakeFolder}/installations.parquet' ORDER BY account_id, version`,
    );
    const directory = await openDirectory({ lakeFolder: this.lakeFolder });
    try {
      const counted = await Promise.all(
        ["1", "2", "3"].map((version) => directory.countCohort({ directory: { versionAt: version } })),
      );
      return { accounts, installations, counted };
    } finally {
      directory.close();
    }
  }

  async left(): Promise<readonly unknown[]> {
    return (
      await sql(
        `SELECT account_id FROM '${this.lakeFolder}/accounts.parquet' WHERE left_at IS NOT NULL ORDER BY account_id`,
      )
    ).map(({ account_id }) => account_id);
  }
}

test("after any changes a refresh holds what a fresh import holds, but for ordinals that stay and accounts that left", async () => {
  await fc.assert(
    fc.asyncProperty(exports, async (taken) => {
      const refreshed = new Refreshed(await temporaryFolder());
      for (const [index, each] of taken.entries()) await refreshed.take(each, asOfMs + index * dayMs);
      const fresh = new Refreshed(await temporaryFolder());
      const last = taken.at(-1);
      const lastInstallations = taken.findLast(({ installations }) => installations !== null);
      if (last === undefined) return;
      // Those of before stay, whoever has left since.
      if (lastInstallations !== undefined && lastInstallations !== last)
        await fresh.take(lastInstallations, asOfMs);
      await fresh.take(last, asOfMs + dayMs);
      expect(await refreshed.told()).toEqual(await fresh.told());
      const everybody = new Set(
        taken.flatMap(({ accounts }) => accounts.map(({ account_id }) => account_id)),
      );
      const here = new Set(last.accounts.map(({ account_id }) => account_id));
      expect(await refreshed.left()).toEqual([...everybody.difference(here)].sort());
      const ordinals = await sql(
        `SELECT ordinal FROM '${refreshed.lakeFolder}/accounts.parquet' ORDER BY ordinal`,
      );
      expect(ordinals).toEqual([...everybody].map((_, ordinal) => ({ ordinal })));
    }),
    { numRuns: 5 },
  );
});

test("a table that is as it was imported before is not written again", async () => {
  const home = new Refreshed(await temporaryFolder());
  const inode = async (name: string): Promise<number> =>
    (await stat(join(home.lakeFolder, "current", name))).ino;
  const one: Export = {
    accounts: [
      { account_id: "a", market: "SE" },
      { account_id: "b", market: "GB" },
    ],
    installations: [{ account: 0, version: "1" }],
  };
  await home.take(one, asOfMs);
  const files = ["accounts.parquet", "installations.parquet", "columns/installations"];
  const before = await Promise.all(files.map(inode));
  await home.take(one, asOfMs + dayMs);
  expect(await Promise.all(files.map(inode))).toEqual(before);
  await home.take({ ...one, installations: null }, asOfMs + 2 * dayMs);
  expect(await Promise.all(files.map(inode))).toEqual(before);

  await home.take({ ...one, installations: [{ account: 1, version: "2" }] }, asOfMs + 3 * dayMs);
  expect(await inode("accounts.parquet")).toBe(before[0]);
  expect(await inode("installations.parquet")).not.toBe(before[1]);
  expect(await home.told()).toMatchObject({ counted: [0, 1, 0] });
  await home.take({ accounts: [{ account_id: "b", market: "SE" }], installations: null }, asOfMs + 4 * dayMs);
  expect(await inode("accounts.parquet")).not.toBe(before[0]);
  expect(await home.left()).toEqual(["a"]);
  expect(await home.told()).toMatchObject({ counted: [0, 1, 0] });
});
