import type { DataClass } from "@cordon/model";

import type { AccountBounds, DataClasses, Gap, OpenStore } from "./answer.ts";
import type { Exposure } from "./exposure.ts";
import type { Findings } from "./findings.ts";
import { classesOf, isTouched, storesOf } from "./map-classes.ts";
import type { MapFacts, StoreFacts } from "./map-facts.ts";

/** What holds for one set of gaps. */
interface Judgement {
  readonly accounts: AccountBounds;
  readonly dataClasses: DataClasses;
  readonly complete: boolean;
  readonly openStores: readonly OpenStore[];
}

interface JudgementInput {
  readonly map: MapFacts;
  readonly findings: Findings;
  readonly exposure: Exposure;
  readonly gaps: readonly Gap[];
  readonly decoys: number;
}

export function judge(input: JudgementInput): Judgement {
  const complete = input.gaps.length === 0;
  const openStores = findOpenStores(input);
  return {
    accounts: boundAccounts(input, openStores, complete),
    dataClasses: sortClasses(input),
    complete,
    openStores,
  };
}

/** The stores that something leaves open, in the map's order. */
export function findOpenStores({ map, findings, exposure, gaps }: JudgementInput): OpenStore[] {
  return map.stores.flatMap((store) => {
    const because: OpenStore["because"][number][] = [];
    if (gaps.some((gap) => gap.store === store.name)) because.push("gap");
    if (exposure.openedByUnclassified.has(store.name)) because.push("unclassified");
    if (exposure.openedByPeopleUnknown.has(store.name)) because.push("people-unknown");
    if (because.length === 0) return [];
    return [{ store: store.name, accounts: populationOf(store, findings.population), because }];
  });
}

function populationOf(store: StoreFacts, population: number | null): number {
  if (store.accounts !== "all") return store.accounts;
  // INVARIANT: a map that says `all` without a population was refused before anything was read.
  if (population === null) throw new RangeError(`the population of store \`${store.name}\` is not known`);
  return population;
}

/** The bounds on people when just these stores are open. */
export function boundAccounts(
  { findings, exposure, decoys }: Omit<JudgementInput, "map" | "gaps">,
  openStores: readonly OpenStore[],
  complete: boolean,
): AccountBounds {
  const atLeast = Math.max(findings.accounts, exposure.rowsMaxSurely - decoys);
  const reachable =
    findings.accountsPossibly + exposure.rowsSum + openStores.reduce((sum, store) => sum + store.accounts, 0);
  const atMost = Math.max(atLeast, Math.min(reachable, capOf(findings, exposure) ?? Infinity));
  return { kind: complete && atLeast === atMost ? "exactly" : "between", atLeast, atMost };
}

/** How many people there can be at all; null when nobody says. */
export function capOf(findings: Findings, exposure: Exposure): number | null {
  if (findings.population === null) return null;
  return findings.population + findings.accountsLacking + exposure.rowsExcess;
}

function sortClasses({ map, exposure, gaps }: JudgementInput): DataClasses {
  const open = new Set([...exposure.openedByUnclassified, ...gaps.map((gap) => gap.store)]);
  const accessed: DataClass[] = [];
  const notAccessed: DataClass[] = [];
  const unknown: DataClass[] = [];
  for (const dataClass of classesOf(map)) {
    if (isTouched(exposure.touchedSurely, dataClass)) accessed.push(dataClass);
    else if (isTouched(exposure.touchedPossibly, dataClass)) unknown.push(dataClass);
    else if ([...storesOf(map, dataClass)].some((store) => open.has(store))) unknown.push(dataClass);
    else notAccessed.push(dataClass);
  }
  return { accessed, notAccessed, unknown };
}
