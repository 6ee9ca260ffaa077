import { compareCodePoints, touches, type DataClass } from "@cordon/model";

import type { MapFacts } from "./map-facts.ts";

/** Every class that a store or an operation names, by code point. */
export function classesOf(map: MapFacts): readonly DataClass[] {
  const classes = new Set(map.stores.flatMap((store) => store.classes));
  for (const operation of operationsOf(map)) {
    for (const dataClass of operation.classes) classes.add(dataClass);
  }
  return [...classes].sort(compareCodePoints);
}

/** The stores that hold a class, and those where an operation reaches it though the store does not list it. */
export function storesOf(map: MapFacts, dataClass: DataClass): ReadonlySet<string> {
  const stores = new Set<string>();
  for (const store of map.stores) if (isTouched(store.classes, dataClass)) stores.add(store.name);
  for (const operation of operationsOf(map)) {
    if (isTouched(operation.classes, dataClass)) stores.add(operation.store);
  }
  return stores;
}

export function isTouched(reads: Iterable<DataClass>, dataClass: DataClass): boolean {
  for (const read of reads) if (touches(read, dataClass)) return true;
  return false;
}

function operationsOf(map: MapFacts): { readonly store: string; readonly classes: readonly DataClass[] }[] {
  return map.sources
    .flatMap((source) => [...source.operations.values()].flat())
    .flatMap((operation) => (operation.kind === "mapped" ? [operation] : []));
}
