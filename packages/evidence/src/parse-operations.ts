import { effects, type MappedOperation, type Operation, type People } from "./data-map.ts";
import type { DocumentReader } from "./document-reader.ts";
import { parseFieldPath, type FieldPath } from "./field-path.ts";
import { parseConditions } from "./parse-conditions.ts";

interface OperationContext {
  /** The source's default store. */
  readonly store: string | null;
  readonly parseStore: (at: DocumentReader) => string;
}

const peopleKeys = ["account", "accounts", "rows", "people"] as const;
const entryKeys = ["ignore", "when", "store", "effect", "classes", ...peopleKeys];

export function parseOperations(
  operations: DocumentReader,
  context: OperationContext,
): ReadonlyMap<string, readonly Operation[]> {
  return new Map(
    operations
      .entries()
      .map(([name, entries]) => [
        name,
        entries.oneOrMore("operation entries").map((entry) => parseOperation(entry, context)),
      ]),
  );
}

function parseOperation(entry: DocumentReader, context: OperationContext): Operation {
  entry.mapping(entryKeys);
  const when = entry.has("when") ? parseConditions(entry.at("when")) : [];
  if (entry.has("ignore")) {
    const ignore = entry.at("ignore");
    if (ignore.value !== true) throw ignore.wrong(`ignore ${ignore.shown} is not known`, "`true`");
    entry.mapping(["ignore", "when"]);
    return { kind: "ignored", when };
  }
  const store = entry.has("store") ? context.parseStore(entry.at("store")) : context.store;
  if (store === null) throw entry.wrong("the operation has no store", "a `store` here or on the source");
  return {
    kind: "mapped",
    when,
    store,
    effect: entry.has("effect") ? entry.at("effect").oneOf(effects) : "read",
    classes: entry.required("classes").classes(),
    people: parsePeople(entry),
  } satisfies MappedOperation;
}

function parsePeople(entry: DocumentReader): People {
  const named = peopleKeys.filter((key) => entry.has(key));
  const [kind] = named;
  if (kind === undefined || named.length > 1) {
    const what =
      kind === undefined
        ? "the operation does not say whom it reaches"
        : `the operation has ${named.map((key) => `\`${key}\``).join(" and ")}`;
    throw entry.wrong(
      what,
      "exactly one of `account`, `accounts`, `rows`, `people: unknown`, or `ignore: true`",
    );
  }
  const people = entry.at(kind);
  switch (kind) {
    case "people":
      people.oneOf(["unknown"]);
      return { kind: "unknown" };
    case "rows":
      return { kind, path: parseFieldPath(people.value, people.path) };
    case "account":
    case "accounts":
      return { kind, ...parseAccountPath(people) };
  }
}

function parseAccountPath(people: DocumentReader): { path: FieldPath; pattern: RegExp | null } {
  if (typeof people.value === "string")
    return { path: parseFieldPath(people.value, people.path), pattern: null };
  people.mapping(["path", "pattern"]);
  const path = people.required("path");
  return { path: parseFieldPath(path.value, path.path), pattern: parsePattern(people.required("pattern")) };
}

function parsePattern(at: DocumentReader): RegExp {
  const expected = "a JavaScript regular expression with a group `(?<account>…)`";
  const source = at.name(expected);
  const pattern = compile(source, "u") ?? compile(source, "");
  if (pattern === null) throw at.wrong(`pattern ${at.shown} is no regular expression`, expected);
  // Beside an empty alternative every pattern matches the empty text, and so shows the groups that it has.
  const groups = new RegExp(`${source}|`, pattern.flags).exec("")?.groups;
  if (groups === undefined || !Object.hasOwn(groups, "account")) {
    throw at.wrong(`pattern ${at.shown} has no group \`account\``, expected);
  }
  return pattern;
}

function compile(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}
