import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { importDirectory, openDirectory } from "@cordon/lake";
import { csv, jsonl, sql } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const asOfMs = Date.parse("2014-05-27T12:00:00Z");
const dayMs = 86_400_000;

function account(accountId: string, more: object = {}): object {
  return {
    account_id: accountId,
    created_at: "2013-01-01T00:00:00Z",
    market: "SE",
    locale: "sv-SE",
    ...more,
  };
}

function installation(accountId: string, more: object = {}): object {
  const rest = {
    platform: "android",
    store: "google-play",
    version: "1.0.9",
    last_seen: null,
    has_offline: true,
  };
  return { account_id: accountId, ...rest, ...more };
}

class Home {
  readonly lakeFolder: string;
  readonly #folder: string;
  #asOfMs = asOfMs;

  constructor(folder: string) {
    this.#folder = folder;
    this.lakeFolder = join(folder, "home", "lake");
  }

  static async make(): Promise<Home> {
    return new Home(await temporaryFolder());
  }

  async wrote(name: string, content: string): Promise<string> {
    await writeFile(join(this.#folder, name), content);
    return join(this.#folder, name);
  }

  async import(accounts: readonly object[], installations: readonly object[] | null = null): Promise<void> {
    this.#asOfMs += dayMs;
    await importDirectory({
      lakeFolder: this.lakeFolder,
      accountsFile: await this.wrote("accounts.jsonl", jsonl(accounts)),
      installationsFile:
        installations === null ? null : await this.wrote("installations.jsonl", jsonl(installations)),
      asOfMs: this.#asOfMs,
    });
  }

  async ordinals(): Promise<ReadonlyMap<string, number>> {
    const directory = await openDirectory({ lakeFolder: this.lakeFolder });
    try {
      const ordinals = new Map<string, number>();
      for await (const batch of directory.accountsAndOrdinals()) {
        batch.accountIds.forEach((id, index) => ordinals.set(id, batch.ordinals?.[index] ?? -1));
      }
      return ordinals;
    } finally {
      directory.close();
    }
  }

  rows(table: "accounts" | "installations"): Promise<readonly Record<string, unknown>[]> {
    return sql(`SELECT * FROM read_parquet('${join(this.lakeFolder, `${table}.parquet`)}') ORDER BY ordinal`);
  }

  /** Every file and link below HOME with its content. */
  async everything(): Promise<readonly string[]> {
    const names = await readdir(join(this.#folder, "home"), { recursive: true }).catch(() => []);
    return Promise.all(
      names
        .sort()
        .map(
          async (name) =>
            `${name}: ${await readFile(join(this.#folder, "home", name), "latin1").catch(() => "")}`,
        ),
    );
  }
}

describe("on import each account gets a dense ordinal that never changes", () => {
  test("whoever comes, leaves and comes back, in any order", async () => {
    const exports = fc.array(
      fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"), { minLength: 1 }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(exports, async (accountIdsOfExports) => {
        const home = await Home.make();
        let before: ReadonlyMap<string, number> = new Map();
        for (const accountIds of accountIdsOfExports) {
          await home.import(accountIds.map((id) => account(id)));
          const after = await home.ordinals();
          for (const [id, ordinal] of before) expect(after.get(id)).toBe(ordinal);
          expect(new Set(after.keys())).toEqual(new Set([...before.keys(), ...accountIds]));
          expect([...after.values()]).toEqual(Array.from({ length: after.size }, (_, ordinal) => ordinal));
          before = after;
        }
      }),
      { numRuns: 10 },
    );
  });

  test("new accounts get the next ones in the file's order", async () => {
    const home = await Home.make();
    await home.import(["z", "a", "m"].map((id) => account(id)));
    await home.import(["b", "m", "z", "a", "0"].map((id) => account(id)));
    expect([...(await home.ordinals())]).toEqual([
      ["z", 0],
      ["a", 1],
      ["m", 2],
      ["b", 3],
      ["0", 4],
    ]);
  });

  test("Cordon's own export brings its ordinals into a new home, and must agree with those at rest", async () => {
    const home = await Home.make();
    await home.import(["z", "a", "m"].map((id) => account(id)));
    await home.import([account("a")]);
    const own = join(home.lakeFolder, "accounts.parquet");
    const copy = await Home.make();
    await importDirectory({
      lakeFolder: copy.lakeFolder,
      accountsFile: own,
      installationsFile: null,
      asOfMs,
    });
    expect(await copy.ordinals()).toEqual(await home.ordinals());
    expect(await copy.rows("accounts")).toEqual(await home.rows("accounts"));

    await expect(copy.import([account("z", { ordinal: 1 }), account("a", { ordinal: 0 })])).rejects.toThrow(
      "accounts.jsonl:1: another ordinal for `z`, expected 0 as imported before",
    );
    await expect(copy.import([account("new", { ordinal: 0 })])).rejects.toThrow(
      "accounts.jsonl:1: an ordinal of another account or beyond their number, expected the next free ones",
    );
  });
});

describe("HOME/lake holds the directory as Parquet with section 3's columns", () => {
  test("from CSV, times in UTC", async () => {
    const home = await Home.make();
    const accountsFile = await home.wrote(
      "accounts.csv",
      csv([
        ["market", "account_id", "created_at", "password_set_at", "email", "locale"],
        ["SE", "007", "2014-05-20T02:00:00.1234567+02:00", null, "a@example.com", "sv-SE"],
      ]),
    );
    const installationsFile = await home.wrote(
      "installations.csv",
      csv([
        ["account_id", "platform", "store", "version", "last_seen", "has_offline"],
        ["007", "windows-phone", "unknown", "1.0", "2014-05-20T00:00:00Z", "false"],
        ["007", "web", "website", null, null, "true"],
      ]),
    );
    const state = await importDirectory({
      lakeFolder: home.lakeFolder,
      accountsFile,
      installationsFile,
      asOfMs,
    });
    expect(state).toMatchObject({ asOf: "2014-05-27T12:00:00.000Z", accounts: 1, left: 0, installations: 2 });
    const { version, ...stored } = state;
    expect(version).toBe(1);
    expect(JSON.parse(await readFile(join(home.lakeFolder, "directory.json"), "utf8"))).toEqual(stored);
    expect(await home.rows("accounts")).toEqual([
      {
        account_id: "007",
        created_at: "2014-05-20 00:00:00.123456+00",
        market: "SE",
        locale: "sv-SE",
        email: "a@example.com",
        password_set_at: null,
        left_at: null,
        ordinal: 0,
      },
    ]);
    const rest = { account_id: "007", ordinal: 0 };
    expect(await home.rows("installations")).toEqual([
      {
        ...rest,
        platform: "windows-phone",
        store: "unknown",
        version: "1.0",
        last_seen: "2014-05-20 00:00:00+00",
        has_offline: false,
      },
      { ...rest, platform: "web", store: "website", version: null, last_seen: null, has_offline: true },
    ]);
  });

  test("an account that is no longer in the export keeps its row and says when it left", async () => {
    const home = await Home.make();
    await home.import([account("a", { email: "a@example.com" }), account("b")]);
    await home.import([account("b")]);
    await home.import([account("b", { market: "GB" })]);
    expect(await home.rows("accounts")).toMatchObject([
      { account_id: "a", email: "a@example.com", left_at: "2014-05-29 12:00:00+00", ordinal: 0 },
      { account_id: "b", market: "GB", left_at: null, ordinal: 1 },
    ]);
    await home.import([account("a"), account("b")]);
    expect(await home.rows("accounts")).toMatchObject([{ left_at: null }, { left_at: null }]);
  });

  test("installations are the newest export's; without one those of before stay", async () => {
    const home = await Home.make();
    await home.import(
      [account("a"), account("b")],
      [installation("b"), installation("a"), installation("b")],
    );
    await home.import([account("b")]);
    expect((await home.rows("installations")).map((row) => row["account_id"])).toEqual(["a", "b", "b"]);
    await home.import([account("b")], [installation("b", { version: "2" })]);
    expect(await home.rows("installations")).toMatchObject([{ account_id: "b", version: "2", ordinal: 1 }]);
    await home.import([account("b")], []);
    expect(await home.rows("installations")).toEqual([]);
  });
});

describe("wrong input leaves everything as it was", () => {
  test.each([
    [
      "accounts.jsonl",
      [{ account_id: "a" }],
      [],
      "accounts.jsonl:1: no column `created_at`, expected at least account_id, created_at, market, locale",
    ],
    ["no accounts", [], [], "accounts.jsonl: no accounts, expected at least one"],
    [
      "unknown account",
      [account("a")],
      [installation("a"), installation("z")],
      "installations.jsonl:2: an installation of the unknown account `z`, expected an account of the directory",
    ],
    [
      "platform",
      [account("a")],
      [installation("a", { platform: "symbian" })],
      "installations.jsonl:1: platform is `symbian`, expected one of android, ios, windows-phone, desktop, web",
    ],
    [
      "store",
      [account("a")],
      [installation("a", { store: "Google-Play" })],
      "installations.jsonl:1: store is `Google-Play`, expected one of google-play",
    ],
    [
      "no store",
      [account("a")],
      [installation("a", { store: null })],
      "installations.jsonl:1: no store, expected one of google-play",
    ],
    [
      "flag",
      [account("a")],
      [installation("a", { has_offline: "true" })],
      "installations.jsonl:1: has_offline is the string",
    ],
    [
      "version as number",
      [account("a")],
      [installation("a", { version: 1.1 })],
      "installations.jsonl:1: version is the number `1.1`, expected text",
    ],
  ])("%s", async (_name, accounts, installations, line) => {
    const fresh = await Home.make();
    await expect(fresh.import(accounts, installations)).rejects.toThrow(line);
    expect(await fresh.everything()).toEqual([]);

    const home = await Home.make();
    await home.import([account("b")], [installation("b")]);
    const before = await home.everything();
    await expect(home.import(accounts, installations)).rejects.toThrow(line);
    expect(await home.everything()).toEqual(before);
  });

  test("a CSV flag is true or false", async () => {
    const home = await Home.make();
    const accountsFile = await home.wrote("accounts.jsonl", jsonl([account("a")]));
    const installationsFile = await home.wrote(
      "installations.csv",
      "account_id,platform,store,version,last_seen,has_offline\na,web,website,1,,1\n",
    );
    await expect(
      importDirectory({ lakeFolder: home.lakeFolder, accountsFile, installationsFile, asOfMs }),
    ).rejects.toThrow("installations.csv:2: has_offline is `1`, expected true or false");
  });

  test("the as-of never goes back", async () => {
    const home = await Home.make();
    await home.import([account("a")]);
    const accountsFile = await home.wrote("older.jsonl", jsonl([account("b")]));
    const options = { lakeFolder: home.lakeFolder, accountsFile, installationsFile: null };
    await expect(importDirectory({ ...options, asOfMs: asOfMs + dayMs - 1 })).rejects.toMatchObject({
      code: "ERR_LAKE_AS_OF",
    });
    expect([...(await home.ordinals()).keys()]).toEqual(["a"]);
    await importDirectory({ ...options, asOfMs: asOfMs + dayMs });
  });

  test("a disk without room is one clear line", async () => {
    const home = await Home.make();
    const accountsFile = await home.wrote("accounts.jsonl", jsonl([account("b")]));
    const options = { lakeFolder: home.lakeFolder, accountsFile, installationsFile: null, asOfMs };
    await expect(
      importDirectory({ ...options, freeBytes: () => Promise.resolve(1024) }),
    ).rejects.toMatchObject({
      code: "ERR_LAKE_DISK_FULL",
      message: `no room in \`${home.lakeFolder}\`: 1 MiB are free, expected 17 MiB; nothing was imported`,
    });
    expect(await home.everything()).toEqual([]);
  });

  test("a missing file is named, and no home is made", async () => {
    const home = await Home.make();
    const options = {
      lakeFolder: home.lakeFolder,
      accountsFile: "/none/accounts.csv",
      installationsFile: null,
      asOfMs,
    };
    await expect(importDirectory(options)).rejects.toThrow(
      "/none/accounts.csv: there is no such file, expected a file",
    );
    expect(await home.everything()).toEqual([]);
  });
});

test("two imports at once: one is refused, the other is whole", async () => {
  const home = await Home.make();
  const both = await Promise.allSettled([home.import([account("a")]), home.import([account("a")])]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "ERR_LAKE_BUSY" },
  });
  await home.import([account("b")]);
  expect([...(await home.ordinals()).keys()]).toEqual(["a", "b"]);
});

test("a home goes on where it is copied to, and only two versions stay", async () => {
  const home = await Home.make();
  for (const id of "abcd") await home.import([account(id)]);
  expect((await readdir(join(home.lakeFolder, "versions"))).sort()).toEqual(["3", "4"]);
  const folder = await temporaryFolder();
  await mkdir(join(folder, "home"), { recursive: true });
  await cp(home.lakeFolder, join(folder, "home", "lake"), { recursive: true, verbatimSymlinks: true });
  const moved = new Home(folder);
  await home.import([account("e")]);
  expect([...(await moved.ordinals()).keys()]).toEqual(["a", "b", "c", "d"]);
});
