import type { DoorEntry, DoorOperation, HiddenDoor } from "./hidden-incident-doors.ts";
import { iso, secondUs } from "./hidden-incident-times.ts";
import type { HiddenWorld } from "./hidden-incident-world.ts";
import { mapPath, succeededBy, type RecordPart } from "./hidden-incident-writers.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** The data map that somebody wrote for these doors, as plain values. */
export function drawMap(random: SeededRandom, world: HiddenWorld, doors: readonly HiddenDoor[]): unknown {
  return {
    version: 1,
    stores: Object.fromEntries(
      world.stores.map(({ name, classes, accounts }) => [name, { classes, accounts }]),
    ),
    sources: Object.fromEntries(doors.map((door) => [door.name, drawSource(random, door)])),
  };
}

function drawSource(random: SeededRandom, door: HiddenDoor): unknown {
  const { format, shape, stores, hasDefault, entries } = door;
  const [first] = stores;
  if (first === undefined) throw new RangeError("a door leads to a store");
  const coverage = entries.map((entry) => coverageEntry(door, entry));
  return {
    format,
    ...(hasDefault ? { store: first.name } : {}),
    fields: Object.fromEntries(mappedParts(door).map((part) => [part, mapPath(shape.paths[part])])),
    succeeded: succeededBy(format, shape),
    operations: operationEntries(door),
    ...(coverage.length === 0
      ? {}
      : { coverage: coverage.length === 1 && random.chance(0.5) ? coverage[0] : coverage }),
    ...(random.chance(0.5) ? { delivery: "at-least-once" } : {}),
  };
}

function mappedParts({ hasIds, chains, unmappedFields }: HiddenDoor): readonly RecordPart[] {
  const fields = (["actor", "address", "session"] as const).filter((field) => !unmappedFields.has(field));
  return [
    "time",
    "operation",
    "outcome",
    ...fields,
    ...(hasIds ? (["id"] as const) : []),
    ...(chains === null ? [] : (["sequence"] as const)),
  ];
}

/** Operations of one name are a list of entries, told apart by the record's mode. */
function operationEntries(door: HiddenDoor): Record<string, unknown> {
  const byName = new Map<string, unknown[]>();
  for (const operation of door.operations) {
    if (operation.kind === "unmapped") continue;
    byName.set(operation.name, [...(byName.get(operation.name) ?? []), operationEntry(door, operation)]);
  }
  return Object.fromEntries(
    [...byName].map(([name, list]) => [
      `${door.shape.operationPrefix}${name}`,
      list.length === 1 ? list[0] : list,
    ]),
  );
}

function operationEntry(door: HiddenDoor, { kind, classes, store, effect, mode }: DoorOperation): unknown {
  const { paths, accountPrefix } = door.shape;
  const when = mode === null ? {} : { when: { [mapPath(paths.mode)]: mode } };
  if (kind === "ignored") return { ...when, ignore: true };
  const people = (part: RecordPart): unknown =>
    accountPrefix === ""
      ? mapPath(paths[part])
      : { path: mapPath(paths[part]), pattern: `^${accountPrefix}(?<account>.+)$` };
  const isDefault = door.hasDefault && store === door.stores[0];
  return {
    ...when,
    ...(kind === "account" ? { account: people("user") } : {}),
    ...(kind === "accounts" ? { accounts: people("users") } : {}),
    ...(kind === "rows" ? { rows: mapPath(paths.count) } : {}),
    ...(kind === "unknown" ? { people: "unknown" } : {}),
    classes,
    ...(isDefault ? {} : { store: store.name }),
    ...(effect === "read" ? {} : { effect }),
  };
}

function coverageEntry(door: HiddenDoor, { fromUs, toUs, proof }: DoorEntry): unknown {
  const skew = door.skewUs === 0 ? {} : { skew: `${door.skewUs / secondUs}s` };
  return { from: iso(fromUs), to: iso(toUs), proof: proofOf(door, proof), ...skew };
}

function proofOf({ chains, shape }: HiddenDoor, proof: DoorEntry["proof"]): unknown {
  if (proof.kind === "heartbeat") return { heartbeat: { every: `${proof.everyUs / secondUs}s` } };
  if (proof.kind !== "sequence" || chains?.perHost !== true) return proof.kind;
  return { sequence: { per: mapPath(shape.paths.host), chains: chains.expected } };
}
