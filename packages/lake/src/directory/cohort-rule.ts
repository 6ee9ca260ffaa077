import { appStores, InputError, parseInstant, platforms } from "@cordon/model";
import type { InputPath } from "@cordon/model";
import type { DirectoryCohort, OneOrMore } from "./cohort.ts";
import { isVersion, versionTest } from "./version-order.ts";
import type { VersionSide } from "./version-order.ts";

/** A bound on a time. Before: an unknown time lies there too. */
export interface TimeBound {
  readonly side: "before" | "from";
  /** Milliseconds since the epoch. */
  readonly ms: number;
}

/** What one installation must be, all of it; null: any. */
export interface InstallationRule {
  readonly platforms: readonly string[] | null;
  readonly stores: readonly string[] | null;
  readonly hasOffline: boolean | null;
  readonly version: ((version: string | null) => boolean) | null;
  readonly lastSeen: readonly TimeBound[];
}

/** A cohort's conditions on the directory, checked and read. */
export interface CohortRule {
  readonly markets: readonly string[] | null;
  readonly created: readonly TimeBound[];
  readonly passwordSet: readonly TimeBound[];
  /** Null: accounts without installations may be members too. */
  readonly installation: InstallationRule | null;
}

/** Throws InputError, with the path of keys, for conditions that mean nothing. */
export function cohortRule(cohort: DirectoryCohort, path: InputPath): CohortRule {
  const given = Object.values(cohort).some((value) => value !== undefined);
  if (!given) throw new InputError(path, "no condition", "at least one, or `everyone`");
  return {
    markets: cohort.market === undefined ? null : list(cohort.market, [...path, "market"]),
    created: [
      ...bound("before", cohort.createdBefore, [...path, "createdBefore"]),
      ...bound("from", cohort.createdFrom, [...path, "createdFrom"]),
    ],
    passwordSet: [
      ...bound("before", cohort.passwordSetBefore, [...path, "passwordSetBefore"]),
      ...bound("from", cohort.passwordSetFrom, [...path, "passwordSetFrom"]),
    ],
    installation: installationRule(cohort, path),
  };
}

function installationRule(cohort: DirectoryCohort, path: InputPath): InstallationRule | null {
  const rule: InstallationRule = {
    platforms: known("platform", cohort.platform, platforms, [...path, "platform"]),
    stores: known("store", cohort.store, appStores, [...path, "store"]),
    hasOffline: cohort.hasOffline ?? null,
    version: versionRule(cohort, path),
    lastSeen: [
      ...bound("before", cohort.lastSeenBefore, [...path, "lastSeenBefore"]),
      ...bound("from", cohort.lastSeenFrom, [...path, "lastSeenFrom"]),
    ],
  };
  const { lastSeen, ...others } = rule;
  return lastSeen.length === 0 && Object.values(others).every((each) => each === null) ? null : rule;
}

function versionRule(cohort: DirectoryCohort, path: InputPath): ((version: string | null) => boolean) | null {
  const tests: ((version: string | null) => boolean)[] = [];
  const single: readonly (readonly [VersionSide, "versionBelow" | "versionAtLeast" | "versionAbove"])[] = [
    ["below", "versionBelow"],
    ["at-least", "versionAtLeast"],
    ["above", "versionAbove"],
  ];
  for (const [side, key] of single) {
    const value = cohort[key];
    if (value !== undefined) tests.push(version(side, value, [...path, key]));
  }
  if (cohort.versionAt !== undefined) {
    const at = [...path, "versionAt"];
    const equal = list(cohort.versionAt, at).map((value) => version("at", value, at));
    tests.push((installed) => equal.some((test) => test(installed)));
  }
  return tests.length === 0 ? null : (installed) => tests.every((test) => test(installed));
}

function version(side: VersionSide, value: string, path: InputPath): (version: string | null) => boolean {
  if (isVersion(value)) return versionTest(side, value);
  throw new InputError(path, `\`${value}\` is no version`, "one to four numbers, a pre-release perhaps");
}

function bound(side: TimeBound["side"], time: string | undefined, path: InputPath): readonly TimeBound[] {
  if (time === undefined) return [];
  const ms = parseInstant(time);
  if (ms === null) throw new InputError(path, `\`${time}\` is no time`, "an RFC 3339 time with `Z`");
  return [{ side, ms }];
}

function list(values: OneOrMore<string>, path: InputPath): readonly string[] {
  const all = typeof values === "string" ? [values] : values;
  if (all.length === 0) throw new InputError(path, "no value", "at least one");
  return all;
}

/** A column that holds only `values`: another one is a slip, not a set of nobody. */
function known(
  column: string,
  asked: OneOrMore<string> | undefined,
  values: readonly string[],
  path: InputPath,
): readonly string[] | null {
  if (asked === undefined) return null;
  for (const value of list(asked, path)) {
    if (!values.includes(value))
      throw new InputError(path, `unknown ${column} \`${value}\``, `one of ${values.join(", ")}`);
  }
  return list(asked, path);
}
