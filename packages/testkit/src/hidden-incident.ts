import { drawDoors } from "./hidden-incident-doors.ts";
import { drawHappenings, truthOf, type Happening, type HiddenTruth } from "./hidden-incident-happenings.ts";
import { writeLogs, type HiddenFile } from "./hidden-incident-logs.ts";
import { drawMap } from "./hidden-incident-map.ts";
import { iso } from "./hidden-incident-times.ts";
import { drawWorld, hiddenProofs, type HiddenProof, type HiddenWorld } from "./hidden-incident-world.ts";
import { hiddenFormats, type HiddenFormat } from "./hidden-incident-writers.ts";
import { SeededRandom } from "./seeded-random.ts";

/** An incident of which everything is known, and the logs that somebody has of it. */
export interface HiddenIncident {
  readonly seed: number;
  /** Plain values as the YAML files of contracts 1 and 2 hold them. */
  readonly map: unknown;
  readonly question: HiddenQuestion;
  /** The operand of `--population`; null when there is a directory. */
  readonly population: number | null;
  /** The accounts of the directory; null when there is a number. */
  readonly directory: readonly DirectoryRow[] | null;
  readonly files: readonly HiddenFile[];
  /** How many stores the map has. */
  readonly stores: number;
  readonly truth: HiddenTruth;
  /** What those suspects got who are known from the first day. */
  readonly truthBefore: HiddenTruth;
  /** True when somebody may be among the people whom the directory does not count. */
  readonly outsiders: boolean;
  /** True when the logs tell everything, so that nothing but the truth may come out. */
  readonly sharp: boolean;
  /** True when every source that somebody vouches for has all its lines. */
  readonly assertionsTrue: boolean;
  /** What happened to the logs, for a person who looks at a seed. */
  readonly flaws: readonly string[];
}

export interface HiddenQuestion {
  readonly window: { readonly from: string; readonly to: string };
  readonly suspect: readonly Readonly<Record<string, string>>[];
  readonly decoys: readonly string[];
}

export interface DirectoryRow {
  readonly account_id: string;
  readonly created_at?: string;
}

export interface HiddenIncidentOptions {
  readonly formats?: readonly HiddenFormat[];
  readonly proofs?: readonly HiddenProof[];
  /** True for one that a person can read. */
  readonly isSmall?: boolean;
}

/**
 * A random incident, the same for the same seed: stores behind several doors; an intruder among look-alikes; refused attempts, reads in bulk
 * without ids, operations that the map does not know, decoys; and logs with lost, torn, repeated and late lines, clocks that differ,
 * doors without proof.
 */
export function hiddenIncident(seed: number, options: HiddenIncidentOptions = {}): HiddenIncident {
  const random = new SeededRandom(seed);
  const world = drawWorld(random, {
    proofs: options.proofs ?? hiddenProofs,
    isSmall: options.isSmall ?? false,
  });
  const doors = drawDoors(random, world, options.formats ?? hiddenFormats);
  const everything: Happening[] = [];
  const files: HiddenFile[] = [];
  let assertionsTrue = true;
  for (const door of doors) {
    const happenings = drawHappenings(random, world, door);
    everything.push(...happenings);
    const logs = writeLogs(random, world, door, happenings);
    files.push(...logs.files);
    assertionsTrue &&= logs.complete;
  }
  return {
    seed,
    map: drawMap(random, world, doors),
    question: {
      window: { from: iso(world.window.fromUs), to: iso(world.window.toUs) },
      suspect: world.suspects,
      decoys: world.decoys,
    },
    ...drawDirectory(random, world),
    files,
    stores: world.stores.length,
    truth: truthOf(world, everything, world.intruders),
    truthBefore: truthOf(world, everything, world.intruders.slice(0, suspectsBefore(world.suspects).length)),
    outsiders: world.strangers.length + world.latecomers.length > 0,
    sharp: world.sharp,
    assertionsTrue: assertionsTrue && !world.flaws.blind,
    flaws: Object.entries(world.flaws)
      .filter(([, holds]) => holds)
      .map(([name]) => name),
  };
}

/** The directory holds everyone who had an account in the window, or there is a number of them. */
function drawDirectory(
  random: SeededRandom,
  world: HiddenWorld,
): Pick<HiddenIncident, "population" | "directory"> {
  const { people, strangers, latecomers, decoys, window } = world;
  if (world.population === "number") {
    return { population: people.length + strangers.length + latecomers.length, directory: null };
  }
  const early = people.map((account_id): DirectoryRow => {
    if (random.chance(0.1)) return { account_id };
    // The last instant before the window's end counts.
    return {
      account_id,
      created_at: iso(window.toUs - (random.chance(0.1) ? 1000 : random.whole(1, 900) * 3_600_000_000)),
    };
  });
  const late = latecomers.map((account_id): DirectoryRow => ({
    account_id,
    created_at: iso(window.toUs + (random.chance(0.5) ? 0 : random.whole(1, 99) * 1_000_000)),
  }));
  const planted = decoys.filter(() => random.chance(0.6)).map((account_id): DirectoryRow => ({ account_id }));
  return { population: null, directory: random.shuffle([...early, ...late, ...planted]) };
}

/** What was known on one day of the incident. */
export interface ToldDay {
  readonly question: HiddenQuestion;
  readonly files: readonly HiddenFile[];
  /** What the suspects got who were known by then, in the whole window. */
  readonly truth: HiddenTruth;
}

const dayOfLastSuspect = 3;

function suspectsBefore(suspects: HiddenQuestion["suspect"]): HiddenQuestion["suspect"] {
  return suspects.length < 2 ? suspects : suspects.slice(0, -1);
}

/**
 * The incident told over days: logs come day by day, late lines later still, and the last suspect is only known on day 3. On the
 * last day everything is there.
 */
export function tellOverDays({ files, question, truth, truthBefore }: HiddenIncident): readonly ToldDay[] {
  const last = Math.max(dayOfLastSuspect, ...files.map((file) => file.day));
  return Array.from({ length: last + 1 }, (_, day) => ({
    files: files.filter((file) => file.day <= day),
    ...(day >= dayOfLastSuspect
      ? { question, truth }
      : { question: { ...question, suspect: suspectsBefore(question.suspect) }, truth: truthBefore }),
  }));
}
