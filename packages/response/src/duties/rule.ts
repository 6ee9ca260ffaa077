import { InputError, type InputPath } from "@cordon/model";
import { choice, dateOrNull, list, object, oneOf, optional, text, textOrNull, whole } from "./read-json.ts";

/** What starts a clock. `suspicion` comes before `awareness`: reasonable certainty (EDPB Guidelines 9/2022). */
export const startEvents = ["suspicion", "awareness", "assessment", "determination", "materiality"] as const;
export type StartEvent = (typeof startEvents)[number];

/**
 * How far a rule can be relied on. `verified`: read in the law itself or the authority's own text in force. `secondary`: read
 * elsewhere, or recalled. `conflict`: sources disagree; the rule has the shortest time that any of them gives, and all are shown.
 */
export const ruleStates = ["verified", "secondary", "conflict"] as const;
export type RuleState = (typeof ruleStates)[number];

/** How a source was read: `law` and `authority` are primary. */
const readings = [
  "law",
  "authority",
  "reprint",
  "quoted",
  "draft-guide",
  "law-firms",
  "data-set",
  "recalled",
] as const;
export type Reading = (typeof readings)[number];

export type Source = { readonly title: string; readonly url: string | null; readonly read: Reading };

export type DutyClock =
  /** Runs through nights, weekends and holidays. */
  | { readonly unit: "hours"; readonly count: number }
  /** The day of the event is not counted; ends with the last day in the rule's time zone. */
  | { readonly unit: "calendar-days" | "calendar-months"; readonly count: number }
  /** As days, but only those that are neither Saturday, Sunday nor a holiday; ends at `closes` (HH:MM) or with the day. */
  | {
      readonly unit: "business-days";
      readonly count: number;
      readonly calendar: string;
      readonly closes: string | null;
    }
  /** The law gives no number. */
  | { readonly unit: "none"; readonly words: string };

export type DutyRule = {
  readonly id: string;
  /** `DE`-like code of the market, `EU`, or `US-CA` for a state. */
  readonly market: string;
  readonly authority: string;
  readonly to: "authority" | "individuals" | "investors";
  readonly law: string;
  /** When it applies, in words: Cordon does not decide that. */
  readonly applies: string;
  readonly start: { readonly event: StartEvent } | { readonly after: string };
  /** An event that fulfils it, where what is owed is an assessment. */
  readonly metBy: StartEvent | null;
  readonly clock: DutyClock;
  /** IANA. */
  readonly timeZone: string;
  /** Null: the rule knows no extension. */
  readonly extension: { readonly words: string } | null;
  /** Null: the clock is not suspended. */
  readonly tolling: "law-enforcement" | null;
  /** What the notice must contain, by key of the fact sheet's union. */
  readonly contents: readonly string[];
  readonly state: RuleState;
  readonly source: Source;
  readonly conflicts: readonly { readonly says: string; readonly source: string }[];
  /** When somebody last held it against the law; null: nobody did. */
  readonly verifiedOn: string | null;
  /** Local dates: from inclusive, to exclusive; null: not known, taken as always. */
  readonly effectiveFrom: string | null;
  readonly effectiveTo: string | null;
};

export type RulePack = { readonly version: string; readonly rules: readonly DutyRule[] };

const rulesMax = 10_000;

/** Reads a pack of rules. Throws InputError. */
export function parseRulePack(value: unknown): RulePack {
  const pack = object(value, [], ["version", "rules"]);
  const rules = list(pack["rules"], ["rules"], rulesMax).map((rule, n) => parseRule(rule, ["rules", n]));
  const ids = new Set<string>();
  rules.forEach(({ id }, n) => {
    if (ids.has(id)) throw new InputError(["rules", n, "id"], `a second rule \`${id}\``, "each id once");
    ids.add(id);
  });
  rules.forEach((rule, n) => {
    if ("after" in rule.start && !ids.has(rule.start.after))
      throw new InputError(
        ["rules", n, "start", "after"],
        `no rule \`${rule.start.after}\``,
        "a rule of this pack",
      );
  });
  refuseCircles(rules);
  return { version: text(pack["version"], ["version"]), rules };
}

function parseRule(value: unknown, path: InputPath): DutyRule {
  const at = object(value, path, ruleKeys);
  const field = (name: string): InputPath => [...path, name];
  const state = choice(at["state"], field("state"), ruleStates);
  const source = parseSource(at["source"], field("source"));
  const verifiedOn = dateOrNull(at["verifiedOn"], field("verifiedOn"));
  if (
    state === "verified" &&
    (verifiedOn === null || (source.read !== "law" && source.read !== "authority"))
  ) {
    throw new InputError(
      field("state"),
      "`verified`",
      "a source that is the law or the authority itself, and `verifiedOn`",
    );
  }
  const conflicts = list(at["conflicts"] ?? [], field("conflicts"), 100).map((one, n) => {
    const conflict = object(one, [...field("conflicts"), n], ["says", "source"]);
    return {
      says: text(conflict["says"], [...field("conflicts"), n, "says"]),
      source: text(conflict["source"], [...field("conflicts"), n, "source"]),
    };
  });
  if ((state === "conflict") !== conflicts.length > 0)
    throw new InputError(
      field("conflicts"),
      "conflicts and state that disagree",
      "`conflict` where sources do",
    );
  const metBy = optional(at["metBy"]);
  return {
    id: text(at["id"], field("id")),
    market: text(at["market"], field("market")),
    authority: text(at["authority"], field("authority")),
    to: choice(at["to"], field("to"), ["authority", "individuals", "investors"]),
    law: text(at["law"], field("law")),
    applies: textOrNull(at["applies"], field("applies")) ?? "",
    start: parseStart(at["start"], field("start")),
    metBy: metBy === null ? null : choice(metBy, field("metBy"), startEvents),
    clock: parseClock(at["clock"], field("clock")),
    timeZone: zone(at["timeZone"], field("timeZone")),
    extension: parseExtension(at["extension"], field("extension")),
    tolling: oneOf(at["tolling"], field("tolling"), ["law-enforcement"]),
    contents: list(at["contents"] ?? [], field("contents"), 100).map((key, n) =>
      text(key, [...field("contents"), n]),
    ),
    state,
    source,
    conflicts,
    verifiedOn,
    effectiveFrom: dateOrNull(at["effectiveFrom"], field("effectiveFrom")),
    effectiveTo: dateOrNull(at["effectiveTo"], field("effectiveTo")),
  };
}

const ruleKeys = [
  ...[
    "id",
    "market",
    "authority",
    "to",
    "law",
    "applies",
    "start",
    "metBy",
    "clock",
    "timeZone",
    "extension",
  ],
  ...["tolling", "contents", "state", "source", "conflicts", "verifiedOn", "effectiveFrom", "effectiveTo"],
];

function parseStart(value: unknown, path: InputPath): DutyRule["start"] {
  const start = object(value, path, ["event", "after"]);
  const after = optional(start["after"]);
  return after === null
    ? { event: choice(start["event"], [...path, "event"], startEvents) }
    : { after: text(after, [...path, "after"]) };
}

function parseClock(value: unknown, path: InputPath): DutyClock {
  const clock = object(value, path, ["unit", "count", "calendar", "closes", "words"]);
  const unit = choice(clock["unit"], [...path, "unit"], [
    "hours",
    "calendar-days",
    "calendar-months",
    "business-days",
    "none",
  ] as const);
  if (unit === "none") return { unit, words: text(clock["words"], [...path, "words"]) };
  const count = whole(clock["count"], [...path, "count"], 1, 10_000);
  if (unit !== "business-days") return { unit, count };
  const closes = textOrNull(clock["closes"], [...path, "closes"]);
  if (closes !== null && !/^([01]\d|2[0-3]):[0-5]\d$/.test(closes))
    throw new InputError([...path, "closes"], `\`${closes}\``, "HH:MM");
  return { unit, count, calendar: text(clock["calendar"], [...path, "calendar"]), closes };
}

function parseExtension(value: unknown, path: InputPath): DutyRule["extension"] {
  return optional(value) === null
    ? null
    : { words: text(object(value, path, ["words"])["words"], [...path, "words"]) };
}

export function parseSource(value: unknown, path: InputPath): Source {
  const source = object(value, path, ["title", "url", "read"]);
  return {
    title: text(source["title"], [...path, "title"]),
    url: textOrNull(source["url"], [...path, "url"]),
    read: choice(source["read"], [...path, "read"], readings),
  };
}

function zone(value: unknown, path: InputPath): string {
  const name = text(value, path);
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    throw new InputError(path, `\`${name}\` is no time zone`, "an IANA name, as Europe/Brussels");
  }
}

/** A duty that waits for itself would never start. */
function refuseCircles(rules: readonly DutyRule[]): void {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (const [n, rule] of rules.entries()) {
    const seen = new Set<string>();
    let at: DutyRule | undefined = rule;
    while (at !== undefined && "after" in at.start) {
      if (seen.has(at.id))
        throw new InputError(["rules", n, "start"], "a circle of duties", "a chain with a beginning");
      seen.add(at.id);
      at = byId.get(at.start.after);
    }
  }
}
