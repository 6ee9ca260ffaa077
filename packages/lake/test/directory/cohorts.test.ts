import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareCodePoints } from "@cordon/model";
import { importDirectory, openDirectory } from "@cordon/lake";
import type { Cohort, Directory } from "@cordon/lake";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { jsonl } from "./files.ts";

interface Account {
  readonly account_id: string;
  readonly created_at: string | null;
  readonly market: string | null;
  readonly locale: string;
  readonly password_set_at: string | null;
}

interface Installation {
  readonly account_id: string;
  readonly platform: string;
  readonly store: string;
  readonly version: string | null;
  readonly last_seen: string | null;
  readonly has_offline: boolean;
}

const times = ["2013-01-01T00:00:00Z", "2014-01-01T00:00:00.001Z", "2014-05-01T00:00:00Z"];
const markets = ["SE", "GB", "US"];
const platformNames = ["android", "ios", "web"];
const stores = ["google-play", "website", "unknown"];
/** In rising order; those that nobody can read first. */
const versions = [null, "one", "1.0.0-rc.1", "1", "1.0.9", "1.0.10", "2.0-beta", "2"];

// Ids whose order by code point is not that by UTF-16 unit, and ids with signs that SQL and CSV care about.
const accountIds = ["u'1", "\u{1F600}", "\uFFFD", "a\0b", "007", "7", "é", "z,\n", "Z", " "];

const accounts: readonly Account[] = accountIds.map((account_id, index) => ({
  account_id,
  created_at: [null, ...times][index % 4] ?? null,
  market: [...markets, null][index % 4] ?? null,
  locale: "en",
  password_set_at: [times[0], null, times[2]][index % 3] ?? null,
}));

const installations: readonly Installation[] = accountIds.flatMap((account_id, index) =>
  Array.from({ length: (index + 1) % 4 }, (_, nth) => ({
    account_id,
    platform: platformNames[(index + nth) % 3] ?? "",
    store: stores[(index * 2 + nth) % 3] ?? "",
    version: versions[(index * 3 + nth) % versions.length] ?? null,
    last_seen: [null, ...times][(index + nth) % 4] ?? null,
    has_offline: (index + nth) % 2 === 0,
  })),
);

/** The meaning of a cohort, written as plainly as can be. */
function members(cohort: Cohort): ReadonlySet<string> {
  if ("everyone" in cohort) return new Set(accountIds);
  if ("accounts" in cohort) return new Set(cohort.accounts.filter((id) => accountIds.includes(id)));
  if ("union" in cohort) return cohort.union.map(members).reduce((a, b) => a.union(b));
  if ("intersect" in cohort) return cohort.intersect.map(members).reduce((a, b) => a.intersection(b));
  if ("minus" in cohort) return members(cohort.minus[0]).difference(members(cohort.minus[1]));
  const { market, platform, store, hasOffline, ...bounds } = cohort.directory;
  const before = (time: string | null, bound: string | undefined): boolean =>
    bound === undefined || time === null || Date.parse(time) < Date.parse(bound);
  const from = (time: string | null, bound: string | undefined): boolean =>
    bound === undefined || (time !== null && Date.parse(time) >= Date.parse(bound));
  const among = (value: string | null, allowed: string | readonly string[] | undefined): boolean =>
    allowed === undefined || (value !== null && [allowed].flat().includes(value));
  const { versionBelow, versionAt, versionAtLeast, versionAbove } = bounds;
  /** Unreadable versions are below everything, and so below each other. */
  const order = (version: string | null, bound: string): number =>
    Math.sign(Math.max(1, versions.indexOf(version)) - versions.indexOf(bound));
  const isVersion = (version: string | null): boolean =>
    (versionBelow === undefined || order(version, versionBelow) < 0) &&
    (versionAtLeast === undefined || order(version, versionAtLeast) >= 0) &&
    (versionAbove === undefined || order(version, versionAbove) > 0) &&
    (versionAt === undefined || [versionAt].flat().some((bound) => order(version, bound) === 0));
  const { passwordSetBefore, passwordSetFrom, createdBefore, createdFrom, ...ofInstallations } = bounds;
  const asksInstallation = [platform, store, hasOffline, ...Object.values(ofInstallations)].some(
    (each) => each !== undefined,
  );
  const matching = accounts.filter(
    (account) =>
      before(account.password_set_at, passwordSetBefore) &&
      from(account.password_set_at, passwordSetFrom) &&
      before(account.created_at, createdBefore) &&
      from(account.created_at, createdFrom) &&
      among(account.market, market) &&
      (!asksInstallation ||
        installations.some(
          (installation) =>
            installation.account_id === account.account_id &&
            among(installation.platform, platform) &&
            among(installation.store, store) &&
            isVersion(installation.version) &&
            before(installation.last_seen, bounds.lastSeenBefore) &&
            from(installation.last_seen, bounds.lastSeenFrom) &&
            (hasOffline === undefined || installation.has_offline === hasOffline),
        )),
  );
  return new Set(matching.map(({ account_id }) => account_id));
}

function oneOrMore(values: readonly string[]): fc.Arbitrary<string | string[]> {
  return fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }));
}

const bounds = ["1.0.0-rc.1", "1", "1.0.9", "1.0.10", "2.0-beta", "2"];

const leaf: fc.Arbitrary<Cohort> = fc.oneof(
  fc.constant<Cohort>({ everyone: true }),
  fc.array(fc.constantFrom(...accountIds, "nobody")).map((ids): Cohort => ({ accounts: ids })),
  fc
    .record(
      {
        passwordSetBefore: fc.constantFrom(...times, "2020-01-01T00:00:00Z"),
        passwordSetFrom: fc.constantFrom(...times),
        createdBefore: fc.constantFrom(...times),
        createdFrom: fc.constantFrom(...times, "1960-01-01T00:00:00Z", "2200-01-01T00:00:00Z"),
        lastSeenBefore: fc.constantFrom(...times),
        lastSeenFrom: fc.constantFrom(...times),
        market: oneOrMore([...markets, "DE", "' OR true --", "SE\n"]),
        platform: oneOrMore(platformNames),
        store: oneOrMore(stores),
        versionBelow: fc.constantFrom(...bounds),
        versionAt: oneOrMore(bounds),
        versionAtLeast: fc.constantFrom(...bounds),
        versionAbove: fc.constantFrom(...bounds),
        hasOffline: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    .filter((conditions) => Object.keys(conditions).length > 0)
    .map((conditions): Cohort => ({ directory: conditions })),
);

const { cohort } = fc.letrec<{ cohort: Cohort }>((tie) => ({
  cohort: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    fc.array(tie("cohort"), { minLength: 1, maxLength: 3 }).map((union) => ({ union })),
    fc.array(tie("cohort"), { minLength: 1, maxLength: 3 }).map((intersect) => ({ intersect })),
    fc.tuple(tie("cohort"), tie("cohort")).map((minus) => ({ minus })),
  ),
}));

let folder: string;
let directory: Directory;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-cohorts-"));
  await writeFile(join(folder, "accounts.jsonl"), jsonl(accounts));
  await writeFile(join(folder, "installations.jsonl"), jsonl(installations));
  await importDirectory({
    lakeFolder: join(folder, "lake"),
    accountsFile: join(folder, "accounts.jsonl"),
    installationsFile: join(folder, "installations.jsonl"),
    asOfMs: Date.parse("2014-05-27T12:00:00Z"),
  });
  directory = await openDirectory({ lakeFolder: join(folder, "lake") });
});

afterAll(async () => {
  directory.close();
  await rm(folder, { recursive: true, force: true });
});

test("a cohort holds exactly those it describes, sorted by code point, decoys left out", async () => {
  const decoys = fc.uniqueArray(fc.constantFrom(...accountIds, "nobody"), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(cohort, decoys, async (described, except) => {
      const expected = [...members(described).difference(new Set(except))].sort(compareCodePoints);
      const found = await directory.evaluateCohort(described, { except });
      expect(found.accountIds).toEqual(expected);
      expect([...found.ordinals]).toEqual(expected.map((id) => accountIds.indexOf(id)));
      expect(await directory.countCohort(described, { except })).toBe(expected.length);
    }),
    { numRuns: 100 },
  );
});

test("as bits, a cohort holds the same members", async () => {
  const decoys = fc.uniqueArray(fc.constantFrom(...accountIds, "nobody"), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(cohort, decoys, async (described, except) => {
      const { ordinals, outside } = await directory.evaluateCohort(described, { except });
      const expected = new Uint8Array(Math.ceil(accountIds.length / 8));
      for (const ordinal of ordinals)
        expected[ordinal >> 3] = (expected[ordinal >> 3] ?? 0) | (1 << (ordinal & 7));
      const found = await directory.cohortBitmap(described, { except });
      expect(found).toMatchObject({
        bitmap: expected,
        version: 1,
        accounts: accountIds.length,
        members: ordinals.length,
        outside,
      });
      // Asked again it is what was kept.
      expect(await directory.cohortBitmap(described, { except })).toEqual(found);
    }),
    { numRuns: 50 },
  );
});

test("conditions on an installation must hold on one of them together", async () => {
  const ofAccount = (id: string): readonly Installation[] =>
    installations.filter((each) => each.account_id === id);
  const conditions = { platform: "android", hasOffline: true } as const;
  const apart = accountIds.filter(
    (id) =>
      ofAccount(id).some((each) => each.platform === "android") &&
      ofAccount(id).some((each) => each.has_offline) &&
      !ofAccount(id).some((each) => each.platform === "android" && each.has_offline),
  );
  expect(apart).not.toEqual([]);
  const { accountIds: found } = await directory.evaluateCohort({ directory: conditions });
  expect(new Set(found).intersection(new Set(apart))).toEqual(new Set());
});

test("an id outside the directory is no member, and it is said how many there are", async () => {
  const union: Cohort = {
    union: [{ accounts: ["x", "007", "x"] }, { accounts: ["y", "x", "' OR true --"] }],
  };
  expect(await directory.evaluateCohort(union)).toMatchObject({ accountIds: ["007"], outside: 3 });
});

test("a list of many thousands", async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `no-${index}`);
  expect(await directory.countCohort({ accounts: [...many, "7", ...many, "7"] })).toBe(1);
});

describe("a cohort that means nothing is wrong input", () => {
  const deep = Array.from({ length: 40 }).reduce<Cohort>((inner) => ({ union: [inner] }), { everyone: true });
  test.each<[Cohort, string, (string | number)[] | null]>([
    [{ directory: {} }, "no condition", ["directory"]],
    [{ union: [] }, "no cohort", ["union"]],
    [{ union: [{ directory: { market: [] } }] }, "no value", ["union", 0, "directory", "market"]],
    [{ directory: { platform: "Android" } }, "unknown platform `Android`", ["directory", "platform"]],
    [{ directory: { store: ["google-play", "play"] } }, "unknown store `play`", ["directory", "store"]],
    [{ directory: { versionBelow: "1.x" } }, "`1.x` is no version", ["directory", "versionBelow"]],
    [
      { directory: { createdBefore: "2014-05-20" } },
      "`2014-05-20` is no time",
      ["directory", "createdBefore"],
    ],
    [
      { minus: [{ everyone: true }, { directory: { passwordSetBefore: "" } }] },
      "`` is no time",
      ["minus", 1, "directory", "passwordSetBefore"],
    ],
    [deep, "a cohort too deep", null],
    [{ union: Array.from({ length: 1001 }, (): Cohort => ({ everyone: true })) }, "too large a cohort", null],
  ])("%j", async (described, message, path) => {
    await expect(directory.countCohort(described)).rejects.toMatchObject({
      code: "ERR_INPUT",
      message,
      ...(path === null ? {} : { path }),
    });
  });
});
