import type { DataClass } from "@cordon/model";

import type { AccessFindings, SourceFindings } from "./findings.ts";
import type { MapFacts, SourceFacts } from "./map-facts.ts";
import { watchedStores } from "./gaps.ts";

/** What the suspects' accesses mean in terms of the map: what they touched and what they left open. */
export interface Exposure {
  readonly touchedSurely: ReadonlySet<DataClass>;
  readonly touchedPossibly: ReadonlySet<DataClass>;
  /** Stores reached by an access of which nobody can tell whom it reached. */
  readonly openedByPeopleUnknown: ReadonlySet<string>;
  /** Stores that an operation unknown to the map could have read. */
  readonly openedByUnclassified: ReadonlySet<string>;
  /** The sum of all numbers of people, and the largest that surely counts. */
  readonly rowsSum: number;
  readonly rowsMaxSurely: number;
  /** By how many the numbers of people go beyond the population. */
  readonly rowsExcess: number;
}

export function findExposure(map: MapFacts, findings: readonly SourceFindings[]): Exposure {
  const touchedSurely = new Set<DataClass>();
  const touchedPossibly = new Set<DataClass>();
  const openedByPeopleUnknown = new Set<string>();
  const openedByUnclassified = new Set<string>();
  let rowsSum = 0;
  let rowsMaxSurely = 0;
  let rowsExcess = 0;
  for (const source of map.sources) {
    const found = findings.find((candidate) => candidate.source === source.name);
    for (const access of found?.accesses ?? []) {
      const { classes, store } = accessOperation(source, access);
      if (access.surely.reaching > 0) for (const read of classes) touchedSurely.add(read);
      if (access.possibly.reaching > 0) for (const read of classes) touchedPossibly.add(read);
      if (access.surely.opening + access.possibly.opening > 0) openedByPeopleUnknown.add(store);
      rowsSum += access.surely.rowsSum + access.possibly.rowsSum;
      rowsMaxSurely = Math.max(rowsMaxSurely, access.surely.rowsMax);
      rowsExcess += access.surely.rowsExcess + access.possibly.rowsExcess;
    }
    if ((found?.unclassified ?? []).length === 0) continue;
    for (const store of storesOfUnclassified(source)) openedByUnclassified.add(store);
  }
  return {
    touchedSurely,
    touchedPossibly,
    openedByPeopleUnknown,
    openedByUnclassified,
    rowsSum,
    rowsMaxSurely,
    rowsExcess,
  };
}

/** The stores that an operation which the map does not know could have read. */
export function storesOfUnclassified(source: SourceFacts): ReadonlySet<string> {
  return source.store === null ? watchedStores(source) : new Set([source.store]);
}

export function accessOperation(
  source: SourceFacts,
  access: Pick<AccessFindings, "operation" | "entry">,
): { readonly classes: readonly DataClass[]; readonly store: string } {
  const operation = source.operations.get(access.operation)?.[access.entry];
  if (operation?.kind === "mapped") return operation;
  // INVARIANT: findings come from the same map; one of another map must not pass as "nothing was touched".
  throw new RangeError(`source \`${source.name}\` has no entry ${access.entry} of \`${access.operation}\``);
}
