import { dayUs, hourUs, secondUs } from "./hidden-incident-times.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface HiddenStore {
  readonly name: string;
  readonly classes: readonly string[];
  readonly accounts: "all" | number;
  /** Whose data rests there. */
  readonly members: readonly string[];
}

/** Who is at a door, as its log knows them. */
export interface Persona {
  readonly actor: string | null;
  readonly address: string | null;
  readonly session: string | null;
}

interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
}

export interface HiddenWorld {
  readonly window: Stretch;
  /** When the logs were kept; holds the window. */
  readonly frame: Stretch;
  readonly stores: readonly HiddenStore[];
  readonly people: readonly string[];
  /** People that the directory lacks. They are only ever read by name, in lines that are not lost. */
  readonly strangers: readonly string[];
  /** Accounts that the directory has, created at or after the window's end; read as strangers are. */
  readonly latecomers: readonly string[];
  readonly decoys: readonly string[];
  readonly population: "number" | "directory";
  readonly intruders: readonly Persona[];
  readonly suspects: readonly Readonly<Record<string, string>>[];
  readonly innocents: readonly Persona[];
  readonly flaws: Flaws;
  readonly quirks: Quirks;
  readonly sharp: boolean;
  /** What a door's coverage is proven by, where it is. */
  readonly proofs: readonly HiddenProof[];
  readonly isSmall: boolean;
}

const flawNames = [
  "lost",
  "torn",
  "unproven",
  "holes",
  "unmapped",
  "bulk",
  "idsMissing",
  "peek",
  "clocksDiffer",
  "fieldsUnmapped",
  "blind",
  "chainAbsent",
  "chainUnexpected",
  "numbersRepeated",
] as const;
/** What keeps the logs from telling everything. */
export type Flaws = Readonly<Record<(typeof flawNames)[number], boolean>>;

/** What makes the logs hard to read, though they tell everything. */
export interface Quirks {
  /** Two happenings of one source may carry the same id. */
  readonly idsReused: boolean;
  /** Happenings at the window's very edges. */
  readonly edges: boolean;
  /** The intruder does nothing. */
  readonly quiet: boolean;
}

const catalogue: readonly (readonly [string, readonly string[]])[] = [
  ["profiles", ["user.name", "user.contact.email"]],
  ["contacts", ["user.contact"]],
  ["payments", ["user.payment", "user.financial.credit_card"]],
  ["ledger", ["user.financial"]],
  ["credentials", ["user.authorization.password"]],
  ["archive", ["user"]],
  ["plays", ["user.behavior.media_consumption", "user.device"]],
];

const personas = [
  { suspect: { actor: "intruder" }, persona: { actor: "intruder", address: "192.0.2.5", session: "aa01" } },
  {
    suspect: { address: "203.0.113.7", session: "9f2c" },
    persona: { actor: "svc-metrics", address: "203.0.113.7", session: "9f2c" },
  },
  {
    suspect: { actor: "ops", address: "198.51.100.9" },
    persona: { actor: "ops", address: "198.51.100.9", session: "bb02" },
  },
] as const;

const bystanders: readonly Persona[] = [
  { actor: "web", address: "10.0.0.1", session: "c1" },
  { actor: "web", address: "203.0.113.7", session: "c2" },
  { actor: "Intruder", address: "192.0.2.5", session: "aa01" },
  { actor: "intruder2", address: "192.0.2.5", session: "aa02" },
  { actor: "intruder ", address: "192.0.2.50", session: "aa0" },
  { actor: "svc-metrics", address: "10.0.0.2", session: "9f2c" },
  { actor: "svc-metrics", address: "203.0.113.7", session: "9f2d" },
  { actor: "svc-metrics", address: "203.0.113.70", session: "9f2c" },
  { actor: "ops", address: "10.0.0.3", session: "bb02" },
  { actor: "cron", address: "198.51.100.9", session: null },
  { actor: null, address: null, session: null },
];

export const hiddenProofs = ["sequence", "sequence", "heartbeat"] as const;
export type HiddenProof = (typeof hiddenProofs)[number];

interface WorldOptions {
  readonly proofs: readonly HiddenProof[];
  /** A small one can be read by a person: few people, stores and happenings. */
  readonly isSmall: boolean;
}

export function drawWorld(random: SeededRandom, { proofs, isSmall }: WorldOptions): HiddenWorld {
  const sharp = random.chance(0.35);
  const drawnFlaws = drawFlaws(random, sharp);
  const window = drawWindow(random);
  const marginUs = (): number => (random.chance(0.25) ? 0 : random.whole(1, 30) * hourUs);
  const people = drawIds(random, random.whole(4, isSmall ? 6 : 30));
  const known = random.shuffle(personas).slice(0, random.whole(1, 3));
  const suspects = known.map(({ suspect }) => suspect);
  const others = random.chance(0.2);
  const stores = drawStores(random, people, isSmall ? 2 : 3);
  // Somebody has at least one log.
  const flaws = { ...drawnFlaws, blind: drawnFlaws.blind && stores.length > 1 };
  return {
    window,
    frame: { fromUs: window.fromUs - marginUs(), toUs: window.toUs + marginUs() },
    stores,
    people,
    strangers: others ? ["stranger-1", "stranger-2"].slice(0, random.whole(0, 2)) : [],
    latecomers: others ? ["late-1", "late-2"].slice(0, random.whole(0, 2)) : [],
    decoys: ["canary-1", "canary-2", "canary-3"].slice(0, random.whole(0, 3)),
    population: random.chance(0.4) ? "directory" : "number",
    intruders: known.map(({ persona }) => persona),
    suspects,
    innocents: bystanders.filter((persona) => !suspects.some((suspect) => matches(suspect, persona))),
    flaws,
    proofs,
    isSmall,
    quirks: { idsReused: random.chance(0.15), edges: random.chance(0.4), quiet: random.chance(0.2) },
    sharp,
  };
}

function matches(suspect: Readonly<Partial<Record<keyof Persona, string>>>, persona: Persona): boolean {
  return Object.entries(suspect).every(
    ([field, text]) => new Map(Object.entries(persona)).get(field) === text,
  );
}

function drawFlaws(random: SeededRandom, sharp: boolean): Flaws {
  const drawn = new Map(flawNames.map((name) => [name, !sharp && random.chance(0.25)]));
  const flaw = (name: (typeof flawNames)[number]): boolean => drawn.get(name) ?? false;
  return {
    lost: flaw("lost"),
    torn: flaw("torn"),
    unproven: flaw("unproven"),
    holes: flaw("holes"),
    unmapped: flaw("unmapped"),
    bulk: flaw("bulk"),
    idsMissing: flaw("idsMissing"),
    peek: flaw("peek"),
    // By contract a gap is where its lines' own times say, so that lost lines and wrong clocks are not mixed.
    clocksDiffer:
      !flaw("lost") && !flaw("torn") && !flaw("holes") && !flaw("chainAbsent") && flaw("clocksDiffer"),
    fieldsUnmapped: flaw("fieldsUnmapped"),
    blind: flaw("blind"),
    chainAbsent: flaw("chainAbsent"),
    chainUnexpected: flaw("chainUnexpected"),
    // A counter that goes back proves nothing, and hides what is lost meanwhile.
    numbersRepeated: !flaw("lost") && !flaw("torn") && flaw("numbersRepeated"),
  };
}

function drawWindow(random: SeededRandom): Stretch {
  const fromUs = Date.UTC(2014, 4, 20) * 1000 + (random.chance(0.3) ? random.whole(0, 86_399) * secondUs : 0);
  const lengthUs = random.chance(0.3) ? random.whole(1, 40) * 900 * secondUs : random.whole(1, 4) * dayUs;
  return { fromUs, toUs: fromUs + lengthUs };
}

/** Ids that differ by little: case, digits, a space, signs beyond the basic plane. All are digits in one incident of four. */
function drawIds(random: SeededRandom, count: number): readonly string[] {
  const style = random.pick(["plain", "alike", "digits", "signs"] as const);
  const ids = new Set<string>();
  for (let index = 0; ids.size < count; index += 1) {
    ids.add(
      style === "plain"
        ? `u-${index}`
        : style === "digits"
          ? String(1000 + index * 37)
          : style === "alike"
            ? `${["u-", "U-", "u-0", "u_"][index % 4] ?? ""}${index >> 2}${index % 7 === 0 ? " x" : ""}`
            : `${["é", "e\u0301", "\u{1f600}", "\uff5e", "ß"][index % 5] ?? ""}"${index}`,
    );
  }
  return [...ids];
}

function drawStores(random: SeededRandom, people: readonly string[], most: number): readonly HiddenStore[] {
  return random
    .shuffle(catalogue)
    .slice(0, random.whole(1, most))
    .map(([name, classes]) => {
      const isAll = random.chance(0.5);
      const members = isAll ? people : random.shuffle(people).slice(0, random.whole(1, people.length));
      return { name, classes, members, accounts: isAll ? "all" : members.length + random.whole(0, 3) };
    });
}
