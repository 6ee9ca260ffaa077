import type { DuckDBConnection } from "@duckdb/node-api";
import { InputError } from "@cordon/model";
import { countBits } from "./cohort-bitmap.ts";
import { cohortRule } from "./cohort-rule.ts";
import type { InstallationRule } from "./cohort-rule.ts";
import type { Cohort, DirectoryCohort } from "./cohort.ts";
import type { CountingColumns, InstallationClass } from "./columns/counting-columns.ts";
import { matchingClasses } from "./columns/rule-bits.ts";
import { rows } from "./engine.ts";
import { isVersion, versionTest } from "./version-order.ts";

export interface GroupCountsRequest {
  readonly cohort: Cohort;
  /** Account ids that are no people (decoys). */
  readonly except?: readonly string[];
  /** A version as of contracts 4: installations are told apart by being below it; null: by no version. */
  readonly versionBelow: string | null;
  /** Only installations of which all this holds count; all of them unless given. People and markets are counted all the same. */
  readonly installed?: InstalledConditions;
}

export type InstalledConditions = Pick<
  DirectoryCohort,
  "platform" | "store" | "versionBelow" | "versionAt" | "versionAtLeast" | "versionAbove" | "hasOffline"
>;

/** Installations of one platform and store on one side of a version. */
export interface InstallationGroup {
  readonly platform: string;
  readonly store: string;
  /** Null: no version was asked for. */
  readonly version: "below" | "not-below" | null;
  readonly people: number;
  readonly installations: number;
  /** Of these: with offline content. */
  readonly withOffline: number;
}

/** People of a cohort, each once in every number that it is in. */
export interface GroupCounts {
  /** The number of the directory's import, from 1. */
  readonly directoryVersion: number;
  readonly asOf: string;
  readonly people: number;
  /** With at least one installation that counts. */
  readonly withInstallations: number;
  /** "": of those whose market is unknown. */
  readonly markets: ReadonlyMap<string, number>;
  /** With at least one installation on it: who has two platforms counts for both. */
  readonly platforms: ReadonlyMap<string, number>;
  readonly stores: ReadonlyMap<string, number>;
  readonly installations: readonly InstallationGroup[];
}

type CountedGroups = Omit<GroupCounts, "directoryVersion" | "asOf">;

/** How installations are told apart, checked and read. */
interface GroupRule {
  readonly versionBelow: string | null;
  /** Null: all count. */
  readonly installed: InstallationRule | null;
}

/** Throws InputError for a bound that is no version, and for conditions that mean nothing. */
export function groupRule({ versionBelow, installed }: GroupCountsRequest): GroupRule {
  if (versionBelow !== null && !isVersion(versionBelow)) {
    const expected = "one to four numbers, a pre-release perhaps";
    throw new InputError(["versionBelow"], `\`${versionBelow}\` is no version`, expected);
  }
  const hasConditions = installed !== undefined && Object.keys(installed).length > 0;
  const rule = hasConditions ? cohortRule(installed, ["installed"]).installation : null;
  return { versionBelow, installed: rule };
}

/** Counts the people of a bitmap by group, off the counting columns. */
export async function countGroups(
  columns: CountingColumns,
  bitmap: Uint8Array,
  rule: GroupRule,
): Promise<CountedGroups> {
  const { markets: names, classes, entryBytes } = columns.head;
  // Two counts for each market, in turn: neighbours are often of one, and the second would wait for the first.
  const byMarket = new Uint32Array(names.length * 2);
  for await (const { from, columns: chunk } of columns.accounts(["market"])) {
    const { market } = chunk;
    for (let i = 0; i < market.length; i++) {
      const ordinal = from + i;
      const at = ((market[i] ?? 0) << 1) | (i & 1);
      byMarket[at] = (byMarket[at] ?? 0) + (((bitmap[ordinal >>> 3] ?? 0) >>> (ordinal & 7)) & 1);
    }
  }
  const groups = new Grouping(classes, rule);
  const shift = entryBytes * 8 - 1;
  const mask = 2 ** shift - 1;
  let ordinal = 0;
  let isFirst = true;
  for await (const { columns: chunk } of columns.entries(["installations"])) {
    const entries = chunk.installations;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] ?? 0;
      const isLast = entry >>> shift === 1;
      if ((((bitmap[ordinal >>> 3] ?? 0) >>> (ordinal & 7)) & 1) === 1) {
        if (isFirst && isLast) groups.addOnly(entry & mask);
        else groups.addOneOfSeveral(ordinal, entry & mask);
      }
      isFirst = isLast;
      ordinal += Number(isLast);
    }
  }
  const markets = new Map<string, number>();
  names.forEach((name, code) => {
    const count = (byMarket[code * 2] ?? 0) + (byMarket[code * 2 + 1] ?? 0);
    if (count > 0) markets.set(name ?? "", count);
  });
  return { people: countBits(bitmap), markets, ...groups.counts() };
}

/** Counts each person once a group; installations come account by account. */
class Grouping {
  /** By class: 1 where its installations count. */
  readonly #counts: Uint8Array;
  /** By class: the places of its platform, its store and its platform, store and side. */
  readonly #places: Uint32Array;
  readonly #offline: Uint8Array;
  readonly #names: { readonly of: "platform" | "store" | "group"; readonly key: string }[] = [];
  /** By class: how many installations. */
  readonly #byClass: Uint32Array;
  /** By place: installations of people who were counted there already. */
  readonly #repeated: Uint32Array;
  /** By place: the ordinal of the account that was counted there last, plus one. */
  readonly #lastAccount: Uint32Array;
  #anyLast = -1;
  #withInstallations = 0;

  constructor(classes: readonly InstallationClass[], { versionBelow, installed }: GroupRule) {
    const below = versionBelow === null ? null : versionTest("below", versionBelow);
    const sides = new Map<string | null, string>();
    const places = new Map<string, number>();
    const placeOf = (of: "platform" | "store" | "group", key: string): number => {
      const known = places.get(`${of}:${key}`);
      if (known !== undefined) return known;
      places.set(`${of}:${key}`, this.#names.length);
      return this.#names.push({ of, key }) - 1;
    };
    this.#places = new Uint32Array(classes.length * 3);
    this.#offline = new Uint8Array(classes.length);
    this.#counts = matchingClasses(classes, installed);
    classes.forEach(({ platform, store, version, hasOffline }, index) => {
      let side = sides.get(version);
      if (side === undefined)
        sides.set(version, (side = below === null ? "" : below(version) ? "below" : "not-below"));
      this.#places[index * 3] = placeOf("platform", platform);
      this.#places[index * 3 + 1] = placeOf("store", store);
      this.#places[index * 3 + 2] = placeOf("group", `${platform} ${store} ${side}`);
      this.#offline[index] = hasOffline ? 1 : 0;
    });
    const count = this.#names.length;
    this.#byClass = new Uint32Array(classes.length);
    this.#repeated = new Uint32Array(count);
    this.#lastAccount = new Uint32Array(count);
  }

  /** An account's only installation, which most have: nobody is counted twice. An index that is no class stands for none. */
  addOnly(index: number): void {
    if (this.#counts[index] !== 1) return;
    this.#byClass[index] = (this.#byClass[index] ?? 0) + 1;
    this.#withInstallations++;
  }

  /** One of several of an account; they come one after the other. */
  addOneOfSeveral(ordinal: number, index: number): void {
    if (this.#counts[index] !== 1) return;
    this.#byClass[index] = (this.#byClass[index] ?? 0) + 1;
    this.#withInstallations += Number(this.#anyLast !== ordinal);
    this.#anyLast = ordinal;
    for (let at = index * 3; at < index * 3 + 3; at++) {
      const place = this.#places[at] ?? 0;
      if (this.#lastAccount[place] === ordinal + 1) this.#repeated[place] = (this.#repeated[place] ?? 0) + 1;
      else this.#lastAccount[place] = ordinal + 1;
    }
  }

  counts(): Pick<CountedGroups, "withInstallations" | "platforms" | "stores" | "installations"> {
    const platforms = new Map<string, number>();
    const stores = new Map<string, number>();
    const installations: InstallationGroup[] = [];
    const found = new Float64Array(this.#names.length);
    const withOffline = new Float64Array(this.#names.length);
    this.#byClass.forEach((count, index) => {
      for (let at = index * 3; at < index * 3 + 3; at++) {
        const place = this.#places[at] ?? 0;
        found[place] = (found[place] ?? 0) + count;
        withOffline[place] = (withOffline[place] ?? 0) + count * (this.#offline[index] ?? 0);
      }
    });
    this.#names.forEach(({ of, key }, place) => {
      const people = (found[place] ?? 0) - (this.#repeated[place] ?? 0);
      if (people === 0) return;
      if (of !== "group") (of === "platform" ? platforms : stores).set(key, people);
      else {
        const [platform = "", store = "", side] = key.split(" ");
        const version = side === "below" || side === "not-below" ? side : null;
        installations.push({
          platform,
          store,
          version,
          people,
          installations: found[place] ?? 0,
          withOffline: withOffline[place] ?? 0,
        });
      }
    });
    return { withInstallations: this.#withInstallations, platforms, stores, installations };
  }
}

/** The same counts from the Parquet files, for versions without columns. */
export async function countGroupsBySql(
  connection: DuckDBConnection,
  bitmap: Uint8Array,
  rule: GroupRule,
): Promise<CountedGroups> {
  const classes: InstallationClass[] = [];
  const indexes = new Map<string, number>();
  const markets = new Map<string, number>();
  const isMember = (ordinal: number): boolean => (((bitmap[ordinal >>> 3] ?? 0) >>> (ordinal & 7)) & 1) === 1;
  for await (const chunk of await connection.stream("SELECT ordinal, coalesce(market, '') FROM accounts")) {
    const ordinals = chunk.getColumnValues(0) as number[];
    const names = chunk.getColumnValues(1) as string[];
    ordinals.forEach((ordinal, row) => {
      const name = names[row] ?? "";
      if (isMember(ordinal)) markets.set(name, (markets.get(name) ?? 0) + 1);
    });
  }
  const distinct = await rows(
    connection,
    "SELECT DISTINCT platform, store, version, has_offline FROM installations",
  );
  for (const row of distinct) {
    const version = typeof row["version"] === "string" ? row["version"] : null;
    const { platform, store, has_offline: hasOffline } = row;
    indexes.set(JSON.stringify([platform, store, version, hasOffline]), classes.length);
    classes.push({
      platform: String(platform),
      store: String(store),
      version,
      hasOffline: hasOffline === true,
    });
  }
  const groups = new Grouping(classes, rule);
  const result = await connection.stream(
    "SELECT ordinal, platform, store, version, has_offline FROM installations ORDER BY ordinal",
  );
  for await (const chunk of result) {
    const columns = [0, 1, 2, 3, 4].map((column) => chunk.getColumnValues(column));
    for (let row = 0; row < chunk.rowCount; row++) {
      const [ordinal, ...installation] = columns.map((column) => column[row] ?? null);
      if (isMember(Number(ordinal)))
        groups.addOneOfSeveral(Number(ordinal), indexes.get(JSON.stringify(installation)) ?? 0);
    }
  }
  return { people: countBits(bitmap), markets, ...groups.counts() };
}
