import { InputError, type InputPath } from "@cordon/model";
import { choice, instant, list, object, optional, text, textOrNull, whole } from "./read-json.ts";
import { startEvents, type StartEvent } from "./rule.ts";

/** What the clocks need to know of an incident. */
export type DutyIncident = {
  /** Markets whose people or authorities are concerned: `EU`, `GB`, `US-CA`; `DE` counts as `EU` too, `US-CA` as `US` too. */
  readonly markets: readonly string[];
  readonly events: readonly {
    readonly event: StartEvent;
    readonly atMs: number;
    readonly by: string | null;
  }[];
  readonly done: readonly { readonly rule: string; readonly atMs: number; readonly by: string | null }[];
  readonly extensions: readonly {
    readonly rule: string;
    readonly untilMs: number;
    readonly because: string;
  }[];
  /** Times in which a clock stood still, at law enforcement's wish. `toMs` null: it still does. */
  readonly tolled: readonly {
    readonly rule: string;
    readonly fromMs: number;
    readonly toMs: number | null;
    readonly because: string;
  }[];
  /** Rules that somebody decided not to apply, with why. */
  readonly waived: readonly { readonly rule: string; readonly because: string }[];
  readonly facts: BreachFacts;
};

/** What is told to an authority. Null: not known yet. */
export type BreachFacts = {
  readonly controller: string | null;
  readonly contact: string | null;
  readonly nature: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly people: {
    readonly kind: "exactly" | "between";
    readonly atLeast: number;
    readonly atMost: number;
  } | null;
  readonly peopleCategories: readonly string[];
  readonly records: number | null;
  readonly dataClasses: {
    readonly accessed: readonly string[];
    readonly notAccessed: readonly string[];
    readonly unknown: readonly string[];
  } | null;
  readonly cause: string | null;
  readonly consequences: string | null;
  readonly measuresTaken: readonly string[];
  readonly measuresProposed: readonly string[];
  readonly reasonsForDelay: string | null;
};

const entriesMax = 1000;

/** Reads an incident for `duties`: a plain JSON (or YAML) object. Throws InputError. */
export function parseDutyIncident(value: unknown): DutyIncident {
  const at = object(value, [], ["markets", "events", "done", "extensions", "tolled", "waived", "facts"]);
  const entries = <Entry>(
    name: string,
    keys: readonly string[],
    read: (entry: Readonly<Record<string, unknown>>, path: InputPath) => Entry,
  ): readonly Entry[] =>
    list(at[name] ?? [], [name], entriesMax).map((entry, n) =>
      read(object(entry, [name, n], keys), [name, n]),
    );
  return {
    markets: list(at["markets"], ["markets"], entriesMax).map((market, n) =>
      checkMarket(market, ["markets", n]),
    ),
    events: entries("events", ["event", "at", "by"], (entry, path) => ({
      event: choice(entry["event"], [...path, "event"], startEvents),
      atMs: instant(entry["at"], [...path, "at"]),
      by: textOrNull(entry["by"], [...path, "by"]),
    })),
    done: entries("done", ["rule", "at", "by"], (entry, path) => ({
      rule: text(entry["rule"], [...path, "rule"]),
      atMs: instant(entry["at"], [...path, "at"]),
      by: textOrNull(entry["by"], [...path, "by"]),
    })),
    extensions: entries("extensions", ["rule", "until", "because"], (entry, path) => ({
      rule: text(entry["rule"], [...path, "rule"]),
      untilMs: instant(entry["until"], [...path, "until"]),
      because: text(entry["because"], [...path, "because"]),
    })),
    tolled: entries("tolled", ["rule", "from", "to", "because"], (entry, path) => {
      const fromMs = instant(entry["from"], [...path, "from"]);
      const toMs = optional(entry["to"]) === null ? null : instant(entry["to"], [...path, "to"]);
      if (toMs !== null && toMs < fromMs)
        throw new InputError([...path, "to"], "before `from`", "a time after it");
      return {
        rule: text(entry["rule"], [...path, "rule"]),
        fromMs,
        toMs,
        because: text(entry["because"], [...path, "because"]),
      };
    }),
    waived: entries("waived", ["rule", "because"], (entry, path) => ({
      rule: text(entry["rule"], [...path, "rule"]),
      because: text(entry["because"], [...path, "because"]),
    })),
    facts: parseFacts(at["facts"] ?? {}),
  };
}

function checkMarket(value: unknown, path: InputPath): string {
  const market = text(value, path);
  if (/^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/.test(market)) return market;
  throw new InputError(path, `\`${market}\``, "ISO 3166, as DE or US-CA, or EU");
}

function parseFacts(value: unknown): BreachFacts {
  const at = object(
    value,
    ["facts"],
    [
      ...[
        "controller",
        "contact",
        "nature",
        "from",
        "to",
        "people",
        "peopleCategories",
        "records",
        "dataClasses",
      ],
      ...["cause", "consequences", "measuresTaken", "measuresProposed", "reasonsForDelay"],
    ],
  );
  const words = (name: string) => textOrNull(at[name], ["facts", name]);
  const texts = (of: unknown, path: InputPath) =>
    list(of ?? [], path, entriesMax).map((one, n) => text(one, [...path, n]));
  return {
    controller: words("controller"),
    contact: words("contact"),
    nature: words("nature"),
    from: words("from"),
    to: words("to"),
    people: optional(at["people"]) === null ? null : parsePeople(at["people"]),
    peopleCategories: texts(at["peopleCategories"], ["facts", "peopleCategories"]),
    records:
      optional(at["records"]) === null
        ? null
        : whole(at["records"], ["facts", "records"], 0, Number.MAX_SAFE_INTEGER),
    dataClasses: optional(at["dataClasses"]) === null ? null : parseClasses(at["dataClasses"], texts),
    cause: words("cause"),
    consequences: words("consequences"),
    measuresTaken: texts(at["measuresTaken"], ["facts", "measuresTaken"]),
    measuresProposed: texts(at["measuresProposed"], ["facts", "measuresProposed"]),
    reasonsForDelay: words("reasonsForDelay"),
  };
}

function parsePeople(value: unknown): NonNullable<BreachFacts["people"]> {
  const path = ["facts", "people"];
  const people = object(value, path, ["kind", "atLeast", "atMost"]);
  const kind = choice(people["kind"], [...path, "kind"], ["exactly", "between"] as const);
  const atLeast = whole(people["atLeast"], [...path, "atLeast"], 0, Number.MAX_SAFE_INTEGER);
  const atMost = whole(people["atMost"], [...path, "atMost"], atLeast, Number.MAX_SAFE_INTEGER);
  if (kind === "exactly" && atLeast !== atMost)
    throw new InputError(path, "`exactly` with two bounds", "equal bounds, or `between`");
  return { kind, atLeast, atMost };
}

function parseClasses(
  value: unknown,
  texts: (of: unknown, path: InputPath) => readonly string[],
): NonNullable<BreachFacts["dataClasses"]> {
  const path = ["facts", "dataClasses"];
  const classes = object(value, path, ["accessed", "notAccessed", "unknown"]);
  return {
    accessed: texts(classes["accessed"], [...path, "accessed"]),
    notAccessed: texts(classes["notAccessed"], [...path, "notAccessed"]),
    unknown: texts(classes["unknown"], [...path, "unknown"]),
  };
}
