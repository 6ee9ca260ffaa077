import { covers, formatInstant, type DataClass, type JsonObject } from "@cordon/model";

/** Unknown is a value of every VERIS enumeration that is used here, and an honest one. */
const unknown = "Unknown";

/** Varieties and vectors of one of VERIS's actions; each must be of the enumeration of that action. */
export interface VerisAction {
  readonly kind: "hacking" | "malware" | "social" | "misuse" | "error" | "physical";
  /** Without: unknown. */
  readonly varieties?: readonly string[];
  /** Without: unknown. */
  readonly vectors?: readonly string[];
}

/** What is known of an incident, in the terms of the evidence. Times are milliseconds since the epoch. */
export interface VerisFacts {
  readonly id: string;
  readonly summary: string;
  /** `Near miss` and `False positive` are for a person to say. */
  readonly standing: "Confirmed" | "Suspected" | "Near miss" | "False positive";
  /** When the intruder's first act was; null: unknown, then the year of the discovery stands for it. */
  readonly beganMs: number | null;
  readonly discoveredMs: number;
  readonly containedMs: number | null;
  /** First successful read of personal data; null when none is known. */
  readonly firstAccessMs: number | null;
  readonly dataClasses: {
    readonly accessed: readonly DataClass[];
    readonly notAccessed: readonly DataClass[];
    readonly unknown: readonly DataClass[];
  };
  /** Bounds of the number of people whose data was read. */
  readonly accounts: {
    readonly kind: "exactly" | "between";
    readonly atLeast: number;
    readonly atMost: number;
  };
  readonly actor: "external" | "internal" | "partner" | "unknown";
  readonly action: VerisAction | null;
  readonly assets: readonly string[];
  readonly discoveredBy: {
    readonly kind: "internal" | "external" | "partner";
    readonly variety?: string;
  } | null;
  readonly victim: { readonly countries: readonly string[]; readonly industry?: string } | null;
  /** Digest of the answer that the figures are from, `sha256:…`; null without one. */
  readonly answerDigest: string | null;
}

/** Units of VERIS's timeline with the milliseconds of each, the longest first. */
export const verisUnits = [
  ["Years", 31_536_000_000],
  ["Months", 2_592_000_000],
  ["Weeks", 604_800_000],
  ["Days", 86_400_000],
  ["Hours", 3_600_000],
  ["Minutes", 60_000],
  ["Seconds", 1000],
] as const;

/** Data classes (fideslang) by the VERIS data variety that they are. The first that covers a class counts. */
const varieties: readonly (readonly [string, readonly DataClass[]])[] = [
  ["Credentials", ["user.authorization", "system.authentication"]],
  ["Payment", ["user.payment", "user.financial.credit_card"]],
  ["Bank", ["user.financial"]],
  ["Medical", ["user.health_and_medical"]],
  ["Personal", ["user"]],
  ["System", ["system"]],
];

function varietyOf(dataClass: DataClass): string {
  return varieties.find(([, classes]) => classes.some((one) => covers(one, dataClass)))?.[0] ?? "Other";
}

/** A time span in the longest unit that it fills, rounded down; less than a second is no second. */
function span(fromMs: number, toMs: number): JsonObject {
  const ms = toMs - fromMs;
  const [unit, each] = verisUnits.find(([, unitMs]) => ms >= unitMs) ?? ["Seconds", 1000];
  return { unit, value: Math.max(0, Math.floor(ms / each)) };
}

function distinct(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [unknown] : [...new Set(values)];
}

/**
 * The incident as a VERIS record (schema 1.4.1). VERIS has no place for bounds and for what was surely not read: `data_total` is
 * what was at least read, and `plus` says the rest in Cordon's own terms. What nobody has stated is `Unknown`.
 */
export function verisIncident(facts: VerisFacts): JsonObject {
  const { id, summary, standing, victim, discoveredBy } = facts;
  return {
    schema_version: "1.4.1",
    incident_id: id,
    summary,
    security_incident: standing,
    timeline: timelineOf(facts),
    actor: { [facts.actor]: actorOf(facts.actor) },
    action: actionOf(facts.action),
    asset: { assets: distinct(facts.assets).map((variety) => ({ variety })), cloud: [unknown] },
    attribute: { confidentiality: confidentialityOf(facts) },
    discovery_method:
      discoveredBy === null
        ? { unknown: true }
        : { [discoveredBy.kind]: { variety: [discoveredBy.variety ?? unknown] } },
    victim: {
      country: distinct(victim?.countries ?? []),
      employee_count: unknown,
      // VERIS writes an unknown NAICS code so.
      industry: victim?.industry ?? "000",
    },
    plus: { cordon: plusOf(facts) },
  };
}

function timelineOf(facts: VerisFacts): JsonObject {
  const { beganMs, discoveredMs, containedMs, firstAccessMs } = facts;
  const began = new Date(beganMs ?? discoveredMs);
  const exact = {
    month: began.getUTCMonth() + 1,
    day: began.getUTCDate(),
    time: began.toISOString().slice(11, 16),
  };
  return {
    incident: { year: began.getUTCFullYear(), ...(beganMs === null ? {} : exact) },
    exfiltration:
      firstAccessMs === null || beganMs === null ? { unit: unknown } : span(beganMs, firstAccessMs),
    discovery: beganMs === null ? { unit: unknown } : span(beganMs, discoveredMs),
    containment: containedMs === null ? { unit: unknown } : span(discoveredMs, containedMs),
  };
}

function actorOf(kind: VerisFacts["actor"]): JsonObject {
  switch (kind) {
    case "external":
      return { variety: [unknown], motive: [unknown], country: [unknown] };
    case "internal":
      return { variety: [unknown], motive: [unknown] };
    case "partner":
      return { motive: [unknown], country: [unknown] };
    case "unknown":
      return {};
  }
}

function actionOf(action: VerisAction | null): JsonObject {
  if (action === null) return { unknown: {} };
  const { kind, varieties: told = [], vectors = [] } = action;
  const social = kind === "social" ? { target: [unknown] } : {};
  return { [kind]: { variety: distinct(told), vector: distinct(vectors), ...social } };
}

function confidentialityOf({ dataClasses, accounts }: VerisFacts): JsonObject {
  const { accessed, unknown: open } = dataClasses;
  const read = distinct(accessed.map(varietyOf)).map((variety) => ({ variety }));
  if (accessed.length > 0) {
    return { data_disclosure: "Yes", data: read, data_total: accounts.atLeast, data_victim: ["Customer"] };
  }
  return { data_disclosure: open.length > 0 || accounts.atMost > 0 ? "Potentially" : "No" };
}

function plusOf({ dataClasses, accounts, answerDigest, ...facts }: VerisFacts): JsonObject {
  const { kind, atLeast, atMost } = accounts;
  const at = (ms: number | null): string | null => (ms === null ? null : formatInstant(ms));
  return {
    accounts: { kind, atLeast, atMost },
    dataClasses: {
      accessed: dataClasses.accessed,
      notAccessed: dataClasses.notAccessed,
      unknown: dataClasses.unknown,
    },
    began: at(facts.beganMs),
    discovered: formatInstant(facts.discoveredMs),
    contained: at(facts.containedMs),
    firstAccess: at(facts.firstAccessMs),
    answerDigest,
  };
}
