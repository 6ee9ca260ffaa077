import type { DoorOperation, HiddenDoor } from "./hidden-incident-doors.ts";
import type { HiddenWorld, Persona } from "./hidden-incident-world.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What really happened at a door. */
export interface Happening {
  readonly atUs: number;
  readonly operation: DoorOperation;
  readonly persona: Persona;
  readonly isIntruder: boolean;
  readonly succeeded: boolean;
  /** Whose data it reached; decoys among them. */
  readonly reached: readonly string[];
  /** The classes that it read of them. */
  readonly classes: readonly string[];
  readonly host: string;
  /** True for a sign of life that the door itself writes. */
  readonly isSign: boolean;
}

export interface HiddenTruth {
  /** Whose data the intruder really got inside the window; decoys left out. */
  readonly people: ReadonlySet<string>;
  /** The classes that those accesses really read. */
  readonly classes: ReadonlySet<string>;
  /** The classes of all the intruder's accesses, also of those that reached nobody or only decoys. */
  readonly classesTried: ReadonlySet<string>;
  readonly decoys: ReadonlySet<string>;
}

/** What some of the intruder's personas really got. */
export function truthOf(
  { window, decoys }: HiddenWorld,
  happenings: readonly Happening[],
  personas: readonly Persona[],
): HiddenTruth {
  const truth = {
    people: new Set<string>(),
    classes: new Set<string>(),
    classesTried: new Set<string>(),
    decoys: new Set<string>(),
  };
  for (const { atUs, persona, isIntruder, succeeded, reached, classes } of happenings) {
    if (!isIntruder || !personas.includes(persona)) continue;
    if (!succeeded || atUs < window.fromUs || atUs >= window.toUs) continue;
    for (const dataClass of classes) truth.classesTried.add(dataClass);
    for (const id of reached) {
      (decoys.includes(id) ? truth.decoys : truth.people).add(id);
      if (!decoys.includes(id)) for (const dataClass of classes) truth.classes.add(dataClass);
    }
  }
  return truth;
}

/** In order of time. */
export function drawHappenings(
  random: SeededRandom,
  world: HiddenWorld,
  door: HiddenDoor,
): readonly Happening[] {
  const drawn = Array.from({ length: random.whole(0, world.isSmall ? 7 : 25) }, () =>
    drawHappening(random, world, door),
  );
  const all = [...signsOfLife(world, door), ...drawn].sort((a, b) => a.atUs - b.atUs);
  // Numbers tell lines of one instant apart. Without them two lines with one id and the same values are one event.
  return door.chains === null ? atDistinctTimes(all) : all;
}

function atDistinctTimes(happenings: readonly Happening[]): readonly Happening[] {
  let lastUs = -Infinity;
  return happenings.map((happening) => {
    lastUs = happening.isSign ? happening.atUs : Math.max(happening.atUs, lastUs + 1000);
    return { ...happening, atUs: lastUs };
  });
}

function drawHappening(random: SeededRandom, world: HiddenWorld, door: HiddenDoor): Happening {
  const operation = random.pick(door.operations);
  const isIntruder = !world.quirks.quiet && random.chance(0.35);
  const { classes } = operation;
  return {
    atUs: drawTime(random, world, door),
    operation,
    persona: random.pick(isIntruder ? world.intruders : world.innocents),
    isIntruder,
    succeeded: random.chance(0.75),
    reached: drawReached(random, world, operation),
    // An operation that nobody knows may read less than its store holds.
    classes: operation.kind === "unmapped" ? [random.pick(operation.store.classes)] : classes,
    host: random.pick(door.chains?.hosts ?? ["web-1"]),
    isSign: false,
  };
}

function drawTime(
  random: SeededRandom,
  { window, frame, quirks, sharp }: HiddenWorld,
  { skewUs }: HiddenDoor,
): number {
  // A clock error that the map allows for makes the answer unsharp there.
  if (quirks.edges && !(sharp && skewUs > 0) && random.chance(0.25)) {
    const edgeUs = random.pick([window.fromUs, window.toUs]);
    const offsetUs = random.pick([
      0,
      0,
      0,
      1000,
      skewUs,
      skewUs - 1000,
      skewUs + 1000,
      random.whole(0, 9000) * 1000,
    ]);
    return edgeUs + random.pick([-1, 1]) * offsetUs;
  }
  return frame.fromUs + random.whole(1, (frame.toUs - frame.fromUs) / 1000 - 1) * 1000;
}

function drawReached(random: SeededRandom, world: HiddenWorld, operation: DoorOperation): readonly string[] {
  const { decoys, strangers, latecomers } = world;
  const named = operation.kind === "account" || operation.kind === "accounts";
  const pool = [...operation.store.members, ...decoys, ...(named ? [...strangers, ...latecomers] : [])];
  switch (operation.kind) {
    case "ignored":
      return [];
    case "account":
      return [random.pick(pool)];
    case "accounts":
    case "rows":
    case "unknown":
    case "unmapped":
      return random.shuffle(pool).slice(0, random.whole(0, 4));
  }
}

/** Every host writes at the frame's edges; where silence is a gap also in between. */
function signsOfLife({ frame }: HiddenWorld, door: HiddenDoor): Happening[] {
  const operation = door.operations.find(({ kind, mode }) => kind === "ignored" && mode === null);
  if (operation === undefined) throw new RangeError("every door has a sign of life");
  const beats = door.entries.flatMap(({ proof }) => (proof.kind === "heartbeat" ? [proof.everyUs] : []));
  const times = [frame.fromUs, frame.toUs];
  for (const everyUs of beats.length > 0 ? [Math.min(...beats)] : []) {
    for (let atUs = frame.fromUs + everyUs; atUs < frame.toUs; atUs += everyUs) times.push(atUs);
  }
  // Entries may reach beyond the frame.
  const lastUs = Math.max(frame.toUs, ...door.entries.map(({ toUs }) => toUs));
  if (lastUs > frame.toUs) times.push(lastUs);
  return (door.chains?.hosts ?? ["web-1"]).flatMap((host, index) =>
    times
      .filter((atUs) => index === 0 || atUs === frame.fromUs || atUs >= frame.toUs)
      .map((atUs): Happening => ({
        atUs,
        operation,
        persona: { actor: "probe", address: null, session: null },
        isIntruder: false,
        succeeded: true,
        reached: [],
        classes: [],
        host,
        isSign: true,
      })),
  );
}
