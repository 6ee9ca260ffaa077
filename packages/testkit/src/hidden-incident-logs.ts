import type { HiddenDoor } from "./hidden-incident-doors.ts";
import type { Happening } from "./hidden-incident-happenings.ts";
import { dayUs } from "./hidden-incident-times.ts";
import type { HiddenWorld } from "./hidden-incident-world.ts";
import {
  documentLines,
  headOf,
  recordText,
  timeValue,
  textFormats,
  tornText,
  type RecordPart,
  type RecordValues,
} from "./hidden-incident-writers.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** One file of the evidence. */
export interface HiddenFile {
  /** Relative to the evidence folder; `.gz` and `.zst` say how its bytes are packed. */
  readonly name: string;
  /** The day of the incident on which it arrived, from 0. */
  readonly day: number;
  /** Lines that must stand before all others. */
  readonly head: readonly string[];
  /** The other lines; some hold several, because a cell may have line ends. */
  readonly lines: readonly string[];
  /** False when the order of the lines matters: they are one document. */
  readonly loose: boolean;
}

interface Logs {
  readonly files: readonly HiddenFile[];
  /** False when something that happened stands in no readable line. */
  readonly complete: boolean;
}

interface Written {
  readonly text: string;
  readonly day: number;
}

/** What a door's log says of what happened there, as far as somebody still has it. */
export function writeLogs(
  random: SeededRandom,
  world: HiddenWorld,
  door: HiddenDoor,
  happenings: readonly Happening[],
): Logs {
  const isLost = drawLosses(random, world, door);
  const number = drawNumbers(random, world, door);
  const written: Written[] = [];
  const ids: string[] = [];
  let complete = true;
  for (const happening of happenings) {
    const sequence = number(happening);
    const mustStay = namesOutsiders(world, happening);
    if (!mustStay && isLost(happening)) {
      complete = false;
      continue;
    }
    ids.push(drawId(random, world, happening, ids));
    const values = recordValues(random, world, door, { happening, sequence, id: ids.at(-1) ?? "" });
    const day = arrivalDay(random, world, door, happening);
    const text = recordText(door.format, door.shape, values);
    if (world.flaws.torn && !mustStay && random.chance(0.06)) {
      complete = false;
      written.push({ text: spoiledText(random, door, values, text), day });
      continue;
    }
    written.push({ text, day });
    if (random.chance(0.12)) {
      written.push({
        text: recordText(door.format, door.shape, values, random.chance(0.5) ? random : undefined),
        day: day + random.whole(0, 1),
      });
    }
  }
  return { files: drawFiles(random, door, written), complete };
}

function namesOutsiders({ strangers, latecomers }: HiddenWorld, { reached }: Happening): boolean {
  return reached.some((id) => strangers.includes(id) || latecomers.includes(id));
}

/**
 * Which lines nobody has any more. Single lines go where a number or nothing at all proves the log; where silence is the proof, all lines of a time
 * longer than the silence that the map allows.
 */
function drawLosses(
  random: SeededRandom,
  { flaws, window }: HiddenWorld,
  door: HiddenDoor,
): (happening: Happening) => boolean {
  const beats = door.entries.filter(({ proof }) => proof.kind === "heartbeat");
  const outages = beats.flatMap(({ fromUs, toUs, proof }) => {
    if (!flaws.lost || proof.kind !== "heartbeat" || !random.chance(0.5)) return [];
    const lengthUs = proof.everyUs + proof.skewUs + 1000;
    if (toUs - fromUs <= lengthUs) return [];
    const startUs = fromUs + random.whole(0, (toUs - fromUs - lengthUs) / 1000) * 1000;
    return [{ fromUs: startUs, toUs: startUs + lengthUs }];
  });
  const within = (us: number, stretch: { fromUs: number; toUs: number }): boolean =>
    us >= stretch.fromUs && us < stretch.toUs;
  const lossy = flaws.lost && random.chance(0.7);
  return ({ atUs, isSign }) => {
    if (outages.some((outage) => atUs >= outage.fromUs && atUs <= outage.toUs)) return true;
    if (beats.some((beat) => within(atUs, beat))) return false;
    const covered = door.entries.some((entry) => within(atUs, entry));
    // What nobody claims to have watched may be there or not.
    if (flaws.holes && !covered && !isSign) return random.chance(0.5);
    if (!lossy || (beats.length > 0 && isSign)) return false;
    // By contract nothing is missing between the edge of a coverage and a numbered line of that very instant.
    if (door.entries.some(({ fromUs, toUs }) => atUs === fromUs || atUs === toUs)) return false;
    // At the window's very edges a lost line may leave a gap of no length.
    return random.chance(atUs === window.fromUs || atUs === window.toUs ? 0.4 : 0.1);
  };
}

/** Each chain's counter begins anywhere, and grows by one with each line. */
function drawNumbers(
  random: SeededRandom,
  { flaws }: HiddenWorld,
  door: HiddenDoor,
): (happening: Happening) => unknown {
  const next = new Map<string, bigint>();
  return ({ host }) => {
    if (door.chains === null) return undefined;
    const chain = door.chains.perHost ? host : "";
    const first = random.pick([1n, 0n, 1000n, door.shape.sequencesAreText ? 9_007_199_254_740_990n : 77n]);
    let number = next.get(chain) ?? first;
    if (flaws.numbersRepeated && random.chance(0.03)) number -= BigInt(random.whole(1, 4));
    if (number < 0n) number = 0n;
    next.set(chain, number + 1n);
    return door.shape.sequencesAreText ? String(number) : Number(number);
  };
}

function drawId(
  random: SeededRandom,
  { quirks, flaws }: HiddenWorld,
  { host }: Happening,
  ids: readonly string[],
): string {
  // Clocks that differ could give two happenings all the same values.
  if (quirks.idsReused && !flaws.clocksDiffer && ids.length > 0 && random.chance(0.1))
    return random.pick(ids);
  return `${host}/${ids.length}`;
}

interface Recorded {
  readonly happening: Happening;
  readonly sequence: unknown;
  readonly id: string;
}

function recordValues(
  random: SeededRandom,
  world: HiddenWorld,
  door: HiddenDoor,
  { happening, sequence, id }: Recorded,
): RecordValues {
  const { operation, persona, succeeded, host, atUs, isSign } = happening;
  const { shape, skewUs } = door;
  const driftUs =
    world.flaws.clocksDiffer && !isSign && skewUs > 0
      ? random.whole(1 - skewUs / 1000, skewUs / 1000 - 1) * 1000
      : 0;
  return {
    time: timeValue(random, shape, atUs + driftUs),
    id,
    ...persona,
    operation: operation.name,
    outcome: random.pick(succeeded ? shape.outcomes.good : shape.outcomes.bad),
    sequence,
    host,
    ...(operation.mode === null ? {} : { mode: operation.mode }),
    ...peopleValues(random, world, door, happening),
  };
}

function peopleValues(
  random: SeededRandom,
  world: HiddenWorld,
  door: HiddenDoor,
  happening: Happening,
): RecordValues {
  const { operation, reached } = happening;
  const missing = world.flaws.idsMissing && !namesOutsiders(world, happening) && random.chance(0.2);
  const { accountPrefix, idsAreNumbers } = door.shape;
  const account = (id: string): unknown =>
    accountPrefix === "" && idsAreNumbers && /^\d+$/.test(id) && !textFormats.has(door.format)
      ? Number(id)
      : `${accountPrefix}${id}`;
  const isText = textFormats.has(door.format);
  switch (operation.kind) {
    case "account":
      return {
        user: missing
          ? random.pick(isText ? [undefined, ""] : [undefined, null, "", false, {}, ["u-1"]])
          : account(reached[0] ?? ""),
      };
    case "accounts": {
      const users = reached.map(account);
      // One element that is no id leaves the others named.
      return {
        users: missing ? random.pick([undefined, null, "u-1", [...users, null], [...users, ""]]) : users,
      };
    }
    case "rows":
      return { count: missing ? random.pick([undefined, "three", -1, 1.5]) : reached.length };
    case "unknown":
    case "unmapped":
    case "ignored":
      // What a record says beside what the map reads means nothing.
      return random.chance(0.5) ? { user: "u-0" } : {};
  }
}

const required: readonly RecordPart[] = ["time", "operation"];

/** A line that is there and cannot be read: torn, of another format, or without what every line must have. */
function spoiledText(random: SeededRandom, door: HiddenDoor, values: RecordValues, text: string): string {
  const { format, shape, chains, hasIds } = door;
  const isDocument = shape.layout !== "lines";
  const kind = random.pick(["torn", "torn", "missing", "malformed", "other"] as const);
  if (kind === "torn" && !isDocument) return tornText(format, text, random);
  // A list on a line is a document of several records in the other formats.
  if (kind === "other" && !isDocument)
    return textFormats.has(format)
      ? `${text},more`
      : random.pick([format === "jsonl" ? "[1,2]" : "{", '"text"', "17", "{]", "null"]);
  const parts = [
    ...required,
    ...(hasIds ? ["id" as const] : []),
    ...(chains === null ? [] : ["sequence" as const]),
  ];
  const part = random.pick(parts);
  const wrong =
    kind === "malformed" && (part === "time" || part === "sequence")
      ? "soon"
      : random.pick([undefined, null, ""]);
  return recordText(format, shape, { ...values, [part]: wrong });
}

/**
 * When a line comes: with its batch, after the batch's last day. Late lines come later still, but not where silence is the proof: there nothing
 * tells that they are missing. Neither does a silence that is shorter than the map allows, at the end of a coverage entry: a batch
 * that would begin there comes with the one before.
 */
function arrivalDay(
  random: SeededRandom,
  { frame }: HiddenWorld,
  { entries, batchDays }: HiddenDoor,
  { atUs }: Happening,
): number {
  const lastDay = Math.floor((frame.toUs - frame.fromUs) / dayUs);
  const batch = Math.floor((atUs - frame.fromUs) / (batchDays * dayUs));
  const day = Math.min(lastDay, (batch + 1) * batchDays - 1);
  const beats = entries.filter(({ proof }) => proof.kind === "heartbeat");
  if (beats.length === 0) return day + (random.chance(0.1) ? random.whole(1, 2) : 0);
  const startUs = frame.fromUs + batch * batchDays * dayUs;
  const isUnnoticed = beats.some(
    ({ toUs, proof }) =>
      proof.kind === "heartbeat" && startUs < toUs && toUs - startUs <= proof.everyUs + proof.skewUs,
  );
  return isUnnoticed && batch > 0 ? batch * batchDays - 1 : day;
}

function drawFiles(
  random: SeededRandom,
  door: HiddenDoor,
  written: readonly Written[],
): readonly HiddenFile[] {
  const files = new Map<string, { day: number; records: string[] }>();
  for (const { text, day } of random.shuffle(written)) {
    const part = random.chance(0.15) ? "b" : "a";
    const key = `${day}/${part}`;
    const file = files.get(key) ?? { day, records: [] };
    file.records.push(text);
    files.set(key, file);
  }
  return [...files].map(([key, { day, records }]) => {
    const { format, shape } = door;
    const isDocument = shape.layout !== "lines" && random.chance(0.9);
    return {
      name: `${door.name}/${random.chance(0.3) ? "deep/er/" : ""}${key.replace("/", "-")}.log${random.pick(["", "", ".gz", ".zst"])}`,
      day,
      head: headOf(format, shape),
      lines: isDocument ? documentLines(format, shape, records) : records,
      loose: !isDocument,
    };
  });
}
