import { SeededRandom } from "./seeded-random.ts";

/** An incident of which everything is known, and the logs that somebody has of it. */
export interface HiddenIncident {
  /** Plain values as the YAML files of contracts 1 and 2 hold them. */
  readonly map: unknown;
  readonly question: unknown;
  readonly population: number;
  /** Lines by file, relative to the evidence folder. */
  readonly evidence: Readonly<Record<string, readonly string[]>>;
  readonly truth: {
    /** Whose data the intruder really got inside the window; decoys left out. */
    readonly people: ReadonlySet<string>;
    /** The classes that those accesses really read. */
    readonly classes: ReadonlySet<string>;
    /** The classes of all the intruder's accesses, also of those that reached nobody or only decoys. */
    readonly classesTried: ReadonlySet<string>;
    readonly decoys: ReadonlySet<string>;
  };
  /** True when the logs tell everything, so that nothing but the truth may come out. */
  readonly sharp: boolean;
}

const dayMs = 86_400_000;
const startMs = Date.UTC(2014, 4, 18);
const endMs = startMs + 10 * dayMs;
const window = { fromMs: startMs + 2 * dayMs, toMs: startMs + 8 * dayMs };
const skewMs = 5000;

const stores = [
  { name: "profiles", classes: ["user.name", "user.contact.email"] },
  { name: "payments", classes: ["user.payment", "user.financial.credit_card"] },
  { name: "credentials", classes: ["user.authorization.password"] },
] as const;

type Proof = "sequence" | "per" | "asserted" | "none";

interface Door {
  readonly name: string;
  readonly store: (typeof stores)[number];
  readonly proof: Proof;
}

/** What really happened, in order of time. */
interface Happening {
  readonly atMs: number;
  readonly operation: "get" | "list" | "export" | "dump" | "ping";
  readonly actor: string;
  readonly succeeded: boolean;
  readonly people: readonly string[];
  readonly classes: readonly string[];
  readonly host: string;
}

/**
 * A random incident: stores behind several doors, an intruder among look-alikes, refused attempts, reads in bulk without ids, operations that
 * the map does not know, decoys; and logs with lost, torn, repeated and late lines, clocks that differ, doors without proof.
 */
export function hiddenIncident(seed: number): HiddenIncident {
  const random = new SeededRandom(seed);
  const flaws = drawFlaws(random);
  const population = random.whole(5, 40);
  const accounts = Array.from({ length: population }, (_, index) => `u-${index}`);
  const decoys = ["canary-1", "canary-2"].slice(0, random.whole(0, 2));
  const truth = {
    people: new Set<string>(),
    classes: new Set<string>(),
    classesTried: new Set<string>(),
    decoys: new Set<string>(),
  };
  const evidence: Record<string, string[]> = {};
  const doors = drawDoors(random, flaws);
  for (const door of doors) {
    const happenings = drawHappenings(random, { door, accounts, decoys, flaws });
    for (const happening of happenings) learnTruth(truth, happening, decoys);
    Object.assign(evidence, writeLogs(random, { door, happenings, flaws }));
  }
  return {
    map: drawMap(doors, flaws, population),
    question: {
      window: { from: iso(window.fromMs), to: iso(window.toMs) },
      suspect: [{ actor: "intruder" }],
      decoys,
    },
    population,
    evidence,
    truth,
    sharp: Object.values(flaws).every((flaw) => !flaw),
  };
}

type Flaws = Readonly<
  Record<"lost" | "torn" | "unproven" | "unmapped" | "bulk" | "idsMissing" | "clocksDiffer", boolean>
>;

function drawFlaws(random: SeededRandom): Flaws {
  const whole = random.chance(0.35);
  const flaw = (): boolean => !whole && random.chance(0.3);
  const lost = flaw();
  const torn = flaw();
  return {
    lost,
    torn,
    unproven: flaw(),
    unmapped: flaw(),
    bulk: flaw(),
    idsMissing: flaw(),
    // By contract a gap is where its lines' own times say, so that lost lines and wrong clocks are not mixed.
    clocksDiffer: !lost && !torn && flaw(),
  };
}

function drawDoors(random: SeededRandom, flaws: Flaws): Door[] {
  return stores.flatMap((store) =>
    Array.from({ length: random.whole(1, 2) }, (_, index) => ({
      name: `${store.name}-${index}`,
      store,
      proof: random.pick<Proof>(
        flaws.unproven ? ["sequence", "per", "asserted", "none"] : ["sequence", "per"],
      ),
    })),
  );
}

interface HappeningOptions {
  readonly door: Door;
  readonly accounts: readonly string[];
  readonly decoys: readonly string[];
  readonly flaws: Flaws;
}

function drawHappenings(
  random: SeededRandom,
  { door, accounts, decoys, flaws }: HappeningOptions,
): Happening[] {
  const operations: Happening["operation"][] = ["get", "get", "list", "ping"];
  if (flaws.bulk) operations.push("export");
  if (flaws.unmapped) operations.push("dump");
  const hosts = door.proof === "per" ? ["web-1", "web-2"] : ["web-1"];
  const edges = hosts.flatMap((host) =>
    [startMs, endMs].map((atMs): Happening => ({
      atMs,
      operation: "ping",
      actor: "probe",
      succeeded: true,
      people: [],
      classes: [],
      host,
    })),
  );
  const quiet = random.chance(0.4);
  const drawn = Array.from({ length: random.whole(0, 25) }, (): Happening => {
    const operation = random.pick(operations);
    const count = operation === "get" ? 1 : operation === "ping" ? 0 : random.whole(0, 4);
    return {
      // Some lie very near to an edge of the window.
      atMs: random.chance(0.15)
        ? random.pick([window.fromMs, window.toMs]) + random.whole(-2 * skewMs, 2 * skewMs)
        : random.whole(startMs + 1, endMs - 1),
      operation,
      actor: quiet
        ? random.pick(["web", "intruder2"])
        : random.pick(["intruder", "web", "intruder2", "Intruder"]),
      succeeded: random.chance(0.7),
      people: random.shuffle([...accounts, ...decoys]).slice(0, count),
      classes:
        operation === "ping"
          ? []
          : operation === "export"
            ? door.store.classes
            : [random.pick(door.store.classes)],
      host: random.pick(hosts),
    };
  });
  return [...edges, ...drawn].sort((a, b) => a.atMs - b.atMs);
}

function learnTruth(
  truth: Record<keyof HiddenIncident["truth"], Set<string>>,
  { atMs, actor, succeeded, people, classes }: Happening,
  decoys: readonly string[],
): void {
  if (actor !== "intruder" || !succeeded || atMs < window.fromMs || atMs >= window.toMs) return;
  for (const dataClass of classes) truth.classesTried.add(dataClass);
  for (const person of people) {
    if (decoys.includes(person)) truth.decoys.add(person);
    else {
      truth.people.add(person);
      for (const dataClass of classes) truth.classes.add(dataClass);
    }
  }
}

interface LogOptions {
  readonly door: Door;
  readonly happenings: readonly Happening[];
  readonly flaws: Flaws;
}

function writeLogs(random: SeededRandom, { door, happenings, flaws }: LogOptions): Record<string, string[]> {
  const numbers = new Map<string, number>();
  const lines: string[] = [];
  for (const happening of happenings) {
    const number = (numbers.get(happening.host) ?? 0) + 1;
    numbers.set(happening.host, number);
    if (flaws.lost && random.chance(0.1)) continue;
    const line = logLine(random, happening, number, flaws);
    if (flaws.torn && random.chance(0.05)) {
      lines.push(line.slice(0, random.whole(1, line.length - 1)));
      continue;
    }
    lines.push(line);
    if (random.chance(0.15)) lines.push(line);
  }
  const files = { [`${door.name}/a.jsonl`]: [] as string[], [`${door.name}/late/b.jsonl`]: [] as string[] };
  for (const line of random.shuffle(lines)) files[random.pick(Object.keys(files))]?.push(line);
  return files;
}

function logLine(random: SeededRandom, happening: Happening, number: number, flaws: Flaws): string {
  const { operation, host, people, succeeded } = happening;
  const drift = flaws.clocksDiffer ? random.whole(1 - skewMs, skewMs - 1) : 0;
  const record: Record<string, unknown> = {
    ts: iso(happening.atMs + drift),
    id: `${host}/${number}`,
    who: happening.actor,
    op: operation === "get" || operation === "list" ? `${operation}:${happening.classes.join()}` : operation,
    status: succeeded ? 200 : random.pick([401, 403, 500]),
    seq: number,
    host,
  };
  if (operation === "get") record["user"] = people[0];
  if (operation === "list") record["users"] = people;
  if (operation === "export") record["count"] = people.length;
  if (flaws.idsMissing && random.chance(0.2)) {
    record["user"] = random.pick([undefined, null, "", false, {}]);
    record["users"] = random.pick([undefined, null, "u-1"]);
    record["count"] = random.pick([undefined, "3", -1]);
  }
  return JSON.stringify(record);
}

function drawMap(doors: readonly Door[], flaws: Flaws, population: number): unknown {
  return {
    version: 1,
    stores: Object.fromEntries(
      stores.map(({ name, classes }) => [
        name,
        { classes, accounts: name === "profiles" ? "all" : population },
      ]),
    ),
    sources: Object.fromEntries(doors.map((door) => [door.name, drawSource(door, flaws)])),
  };
}

function drawSource({ store, proof }: Door, flaws: Flaws): unknown {
  const coverage = {
    from: iso(startMs),
    to: iso(endMs),
    skew: flaws.clocksDiffer ? `${skewMs / 1000}s` : "0s",
    proof: proof === "per" ? { sequence: { per: "host", chains: ["web-1", "web-2"] } } : proof,
  };
  return {
    format: "jsonl",
    store: store.name,
    fields: { time: "ts", id: "id", actor: "who", operation: "op", outcome: "status", sequence: "seq" },
    succeeded: { status: [200] },
    operations: Object.fromEntries([
      ...store.classes.flatMap((dataClass) => [
        [`get:${dataClass}`, { account: "user", classes: [dataClass] }],
        [`list:${dataClass}`, { accounts: "users", classes: [dataClass] }],
      ]),
      ["export", { rows: "count", classes: store.classes }],
      ["ping", { ignore: true }],
    ]) as unknown,
    ...(proof === "none" ? {} : { coverage }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
