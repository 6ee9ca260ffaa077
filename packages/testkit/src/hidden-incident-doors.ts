import { hourUs } from "./hidden-incident-times.ts";
import type { HiddenStore, HiddenWorld } from "./hidden-incident-world.ts";
import { drawShape, type DoorShape, type HiddenFormat } from "./hidden-incident-writers.ts";
import type { SeededRandom } from "./seeded-random.ts";

export type DoorProof =
  | { readonly kind: "sequence" | "asserted" | "none" }
  | { readonly kind: "heartbeat"; readonly everyUs: number; readonly skewUs: number };

export interface DoorEntry {
  readonly fromUs: number;
  readonly toUs: number;
  readonly proof: DoorProof;
}

/** One operation that can be called at a door. */
export interface DoorOperation {
  readonly name: string;
  /** `unmapped`: the data map does not know it. */
  readonly kind: "account" | "accounts" | "rows" | "unknown" | "ignored" | "unmapped";
  readonly store: HiddenStore;
  readonly classes: readonly string[];
  readonly effect: "read" | "write" | "delete";
  /** The record's mode, by which one operation name has several meanings; null when the operation has but one. */
  readonly mode: string | null;
}

/** A way to the stores' data, with a log. */
export interface HiddenDoor {
  readonly name: string;
  readonly format: HiddenFormat;
  readonly shape: DoorShape;
  /** The first is the default one when the map gives a default. */
  readonly stores: readonly HiddenStore[];
  readonly hasDefault: boolean;
  readonly operations: readonly DoorOperation[];
  readonly entries: readonly DoorEntry[];
  /** Null when the lines carry no numbers. */
  readonly chains: DoorChains | null;
  readonly skewUs: number;
  /** Fields that a suspect may be known by and that the map does not name for this door. */
  readonly unmappedFields: ReadonlySet<string>;
  readonly hasIds: boolean;
  /** How many days' lines come together. */
  readonly batchDays: number;
}

export interface DoorChains {
  /** False for one chain over all lines. */
  readonly perHost: boolean;
  readonly hosts: readonly string[];
  /** What the map expects. */
  readonly expected: readonly string[];
}

export function drawDoors(
  random: SeededRandom,
  world: HiddenWorld,
  formats: readonly HiddenFormat[],
): readonly HiddenDoor[] {
  const watched = world.flaws.blind ? world.stores.slice(1) : world.stores;
  return watched.flatMap((store) =>
    Array.from({ length: world.isSmall || random.chance(0.7) ? 1 : 2 }, (_, index) => {
      const stores = random.chance(0.4) ? [...new Set([store, random.pick(watched)])] : [store];
      return drawDoor(random, world, {
        name: `${store.name}-${index}`,
        stores,
        format: random.pick(formats),
      });
    }),
  );
}

function drawDoor(
  random: SeededRandom,
  world: HiddenWorld,
  given: Pick<HiddenDoor, "name" | "stores" | "format">,
): HiddenDoor {
  const { flaws } = world;
  const skewUs = flaws.clocksDiffer ? 5_000_000 : random.chance(0.2) ? 2_000_000 : 0;
  const entries = drawEntries(random, world, skewUs);
  const numbered = entries.some(({ proof }) => proof.kind === "sequence") || random.chance(0.3);
  const fields = ["actor", "address", "session"];
  return {
    ...given,
    shape: drawShape(random, given.format),
    hasDefault: random.chance(0.8),
    operations: drawOperations(random, world, given.stores),
    entries,
    chains: numbered ? drawChains(random, world) : null,
    // Only a coverage entry can say how wrong a clock may be.
    skewUs: entries.length === 0 ? 0 : skewUs,
    unmappedFields: new Set(flaws.fieldsUnmapped ? fields.filter(() => random.chance(0.25)) : []),
    hasIds: random.chance(0.85),
    batchDays: random.pick([1, 2, 100]),
  };
}

/** One coverage entry or several, side by side or overlapping; where logs have holes, with time between them. */
function drawEntries(random: SeededRandom, world: HiddenWorld, skewUs: number): readonly DoorEntry[] {
  const { frame, window, flaws } = world;
  const parts = random.chance(flaws.holes ? 0.8 : 0.15) ? random.whole(2, 3) : 1;
  const edges = [frame.fromUs, frame.toUs];
  for (let part = 1; part < parts; part += 1) {
    edges.push(
      random.whole(Math.floor(window.fromUs / 1e6) - 3600, Math.floor(window.toUs / 1e6) + 3600) * 1e6,
    );
  }
  edges.sort((a, b) => a - b);
  const entries: DoorEntry[] = [];
  for (let part = 0; part < parts; part += 1) {
    const fromUs = edges[part] ?? frame.fromUs;
    const endUs = edges[part + 1] ?? frame.toUs;
    const lengthUs = endUs - fromUs;
    const proof = drawProof(random, world, skewUs);
    if (proof.kind === "none") continue;
    const toUs =
      flaws.holes && random.chance(0.5)
        ? endUs - Math.floor((lengthUs * random.whole(1, 60)) / 100_000_000) * 1_000_000
        : random.chance(0.2)
          ? endUs + hourUs
          : endUs;
    if (fromUs < toUs) entries.push({ fromUs, toUs, proof });
  }
  return entries;
}

function drawProof(random: SeededRandom, world: HiddenWorld, skewUs: number): DoorProof {
  const kinds = world.proofs;
  const kind = random.pick(world.flaws.unproven ? ([...kinds, "asserted", "none"] as const) : kinds);
  if (kind !== "heartbeat") return { kind };
  // A whole number of seconds, and few enough signs of life to write them all.
  const lengthSeconds = (world.frame.toUs - world.frame.fromUs) / 1e6;
  return {
    kind,
    everyUs:
      Math.max(60, Math.ceil(lengthSeconds / (world.isSmall ? random.whole(3, 6) : random.whole(8, 30)))) *
      1e6,
    skewUs,
  };
}

function drawChains(random: SeededRandom, { flaws }: HiddenWorld): DoorChains {
  if (random.chance(0.6)) return { perHost: false, hosts: ["web-1"], expected: [] };
  const hosts = ["web-1", "web-2", "web-3"].slice(0, random.whole(1, 3));
  const expected = flaws.chainUnexpected && hosts.length > 1 ? hosts.slice(1) : hosts;
  return { perHost: true, hosts, expected: flaws.chainAbsent ? [...expected, "web-9"] : expected };
}

const related: Readonly<Record<string, readonly string[]>> = {
  "user.contact.email": ["user.contact"],
  "user.contact": ["user.contact.email", "user.contact.phone_number"],
  "user.financial": ["user.financial.credit_card"],
  "user.financial.credit_card": ["user.financial"],
  "user.authorization.password": ["user.authorization"],
};

function drawOperations(
  random: SeededRandom,
  { flaws }: HiddenWorld,
  stores: readonly HiddenStore[],
): readonly DoorOperation[] {
  const operations: DoorOperation[] = [];
  for (const [index, store] of stores.entries()) {
    const classes = (): readonly string[] => {
      const drawn = random.shuffle(store.classes).slice(0, random.whole(1, store.classes.length));
      return drawn.map((one) => (random.chance(0.15) ? random.pick([...(related[one] ?? []), one]) : one));
    };
    const add = (name: string, kind: DoorOperation["kind"], more: Partial<DoorOperation> = {}): void => {
      const effect = "read" as const;
      operations.push({
        name: `${name}${index === 0 ? "" : index + 1}`,
        kind,
        store,
        classes: classes(),
        effect,
        mode: null,
        ...more,
      });
    };
    add("get", "account");
    add("list", "accounts");
    if (random.chance(0.4))
      add("peekName", "account", { classes: random.chance(0.2) ? ["user.location"] : classes() });
    if (random.chance(0.4)) add("update", "account", { effect: "write" });
    if (random.chance(0.3)) add("erase", "accounts", { effect: "delete" });
    if (flaws.bulk) add("export", "rows");
    if (flaws.peek) add("peek", "unknown");
    if (index === 0 && random.chance(0.4)) {
      add("query", "account", { mode: "one" });
      add("query", "accounts", { mode: "many" });
      add("query", "ignored", { mode: "count", classes: [] });
      if (flaws.unmapped) add("query", "unmapped", { mode: "raw" });
    }
    if (index === 0) {
      add("ping", "ignored", { classes: [] });
      if (flaws.unmapped) add("dump", "unmapped");
    }
  }
  return operations;
}
