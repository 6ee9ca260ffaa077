import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { importDirectory, openDirectory } from "@cordon/lake";
import type { Cohort, Directory, GroupCounts, GroupCountsRequest } from "@cordon/lake";
import { jsonl } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const asOfMs = Date.parse("2014-05-27T12:00:00Z");

interface Installed {
  readonly account: number;
  readonly platform: string;
  readonly store: string;
  readonly version: string | null;
  readonly offline: boolean;
}

interface World {
  readonly markets: readonly (string | null)[];
  readonly installations: readonly Installed[];
}

const versions = [null, "x", "1.0", "1.0.1", "2"];
const isBelow = (version: string | null): boolean => versions.indexOf(version) < versions.indexOf("1.0.1");

const worlds: fc.Arbitrary<World> = fc.integer({ min: 1, max: 20 }).chain((accounts) =>
  fc.record({
    markets: fc.array(fc.constantFrom("SE", "GB", "US-CA", null), {
      minLength: accounts,
      maxLength: accounts,
    }),
    installations: fc.array(
      fc.record({
        account: fc.integer({ min: 0, max: accounts - 1 }),
        platform: fc.constantFrom("android", "web"),
        store: fc.constantFrom("website", "unknown"),
        version: fc.constantFrom(...versions),
        offline: fc.boolean(),
      }),
      { maxLength: 30 },
    ),
  }),
);

async function imported(
  world: World,
): Promise<{ readonly lakeFolder: string; readonly directory: Directory }> {
  const folder = await temporaryFolder();
  const lakeFolder = join(folder, "lake");
  const accounts = world.markets.map((market, index) => ({
    account_id: `u-${index}`,
    created_at: null,
    market,
    locale: "en",
  }));
  const installations = world.installations.map(({ account, offline, ...installation }) => ({
    account_id: `u-${account}`,
    ...installation,
    last_seen: null,
    has_offline: offline,
  }));
  await writeFile(join(folder, "accounts.jsonl"), jsonl(accounts));
  await writeFile(join(folder, "installations.jsonl"), jsonl(installations));
  await importDirectory({
    lakeFolder,
    accountsFile: join(folder, "accounts.jsonl"),
    installationsFile: join(folder, "installations.jsonl"),
    asOfMs,
  });
  return { lakeFolder, directory: await openDirectory({ lakeFolder }) };
}

/** What the counts mean, as plainly as can be. */
function counted(
  world: World,
  members: ReadonlySet<number>,
  asks: { version: boolean; offlineOnly: boolean },
): GroupCounts {
  const theirs = world.installations.filter(
    ({ account, offline }) => members.has(account) && (!asks.offlineOnly || offline),
  );
  const people = (of: readonly Installed[]): number => new Set(of.map(({ account }) => account)).size;
  const by = (key: (each: Installed) => string): Map<string, Installed[]> => Map.groupBy(theirs, key);
  const counts = (groups: ReadonlyMap<string, readonly Installed[]>): Map<string, number> =>
    new Map([...groups].map(([name, of]) => [name, people(of)]));
  const side = ({ version }: Installed): "below" | "not-below" | null =>
    asks.version ? (isBelow(version) ? "below" : "not-below") : null;
  const markets = new Map<string, number>();
  for (const member of members) {
    const name = world.markets[member] ?? "";
    markets.set(name, (markets.get(name) ?? 0) + 1);
  }
  return {
    directoryVersion: 1,
    asOf: "2014-05-27T12:00:00.000Z",
    people: members.size,
    withInstallations: people(theirs),
    markets,
    platforms: counts(by(({ platform }) => platform)),
    stores: counts(by(({ store }) => store)),
    installations: [...by((each) => JSON.stringify([each.platform, each.store, side(each)])).values()].map(
      (of) => ({
        platform: of[0]?.platform ?? "",
        store: of[0]?.store ?? "",
        version: of[0] === undefined ? null : side(of[0]),
        people: people(of),
        installations: of.length,
        withOffline: of.filter(({ offline }) => offline).length,
      }),
    ),
  };
}

function sorted({ installations, ...counts }: GroupCounts): object {
  const key = (group: object): string => JSON.stringify(group);
  return { ...counts, installations: installations.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) };
}

test("people of a cohort by market, platform, store and side of a version, each once in every group", async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.array(fc.integer({ min: 0, max: 25 })),
      fc.boolean(),
      fc.boolean(),
      async (world, listed, version, offlineOnly) => {
        const { directory, lakeFolder } = await imported(world);
        try {
          const members = new Set(listed.filter((index) => index < world.markets.length));
          const cohort: Cohort = { accounts: listed.map((index) => `u-${index}`) };
          const request: GroupCountsRequest = {
            cohort,
            versionBelow: version ? "1.0.1" : null,
            ...(offlineOnly ? { installed: { hasOffline: true } } : {}),
          };
          const expected = sorted(counted(world, members, { version, offlineOnly }));
          expect(sorted(await directory.countGroups(request))).toEqual(expected);
          // Without the counting columns the Parquet files tell the same.
          await rm(join(lakeFolder, "current", "columns", "head.json"));
          expect(sorted(await directory.countGroups(request))).toEqual(expected);
        } finally {
          directory.close();
        }
      },
    ),
    { numRuns: 20 },
  );
});

test("more versions than 16 bits number are counted as exactly", async () => {
  const installations = Array.from({ length: 33_000 }, (_, index) => ({
    account: index % 3,
    platform: "android",
    store: "website",
    version: `1.${index}`,
    offline: false,
  }));
  const { directory } = await imported({ markets: ["SE", "SE", "GB", null], installations });
  try {
    expect(await directory.countCohort({ directory: { versionAtLeast: "1.32999" } })).toBe(1);
    expect(await directory.countCohort({ directory: { versionBelow: "1.2" } })).toBe(2);
    const { installations: groups } = await directory.countGroups({
      cohort: { directory: { market: "SE" } },
      versionBelow: "1.30000",
    });
    expect(groups.map((group) => [group.version, group.people, group.installations])).toEqual([
      ["below", 2, 20_000],
      ["not-below", 2, 2000],
    ]);
  } finally {
    directory.close();
  }
});

test("a column that was cut is not believed", async () => {
  const { directory, lakeFolder } = await imported({ markets: ["SE", "GB"], installations: [] });
  try {
    await writeFile(join(lakeFolder, "current", "columns", "market"), "");
    expect(await directory.countCohort({ directory: { market: "GB" } })).toBe(1);
  } finally {
    directory.close();
  }
});

test("kept bits that were changed are not believed", async () => {
  const { directory, lakeFolder } = await imported({ markets: ["SE", "GB"], installations: [] });
  try {
    const cohort: Cohort = { directory: { market: "GB" } };
    const { digest, bitmap } = await directory.cohortBitmap(cohort);
    expect([...bitmap]).toEqual([2]);
    await writeFile(join(lakeFolder, "current", "cohorts", digest), `0\n\u0001${"\0".repeat(32)}`);
    expect([...(await directory.cohortBitmap(cohort)).bitmap]).toEqual([2]);
  } finally {
    directory.close();
  }
});

test("a bound that is no version is wrong input", async () => {
  const { directory } = await imported({ markets: ["SE"], installations: [] });
  try {
    await expect(
      directory.countGroups({ cohort: { everyone: true }, versionBelow: "1.x" }),
    ).rejects.toMatchObject({ code: "ERR_INPUT", message: "`1.x` is no version" });
  } finally {
    directory.close();
  }
});
