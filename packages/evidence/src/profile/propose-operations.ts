import { findAccountPaths, namedButUnknown, type AccountPath } from "./account-paths.ts";
import type { FlatRecord } from "./flatten-record.ts";
import { partsOf, type KnownIds } from "./known-ids.ts";
import { effectOf, isRowsName, isSignOfLife } from "./name-hints.ts";
import { plainName, tallyPaths, type PathTally, type Tallies } from "./path-tally.ts";
import type { OperationProposal, PeopleProposal } from "./source-profile.ts";
import { suggestClasses } from "./suggest-classes.ts";

/** More are left to the operator: an operation that the map does not name is unclassified, the safe reading. */
const operationsMax = 100;
const alternativesMax = 3;

interface OperationsRequest {
  readonly records: readonly FlatRecord[];
  readonly operationPath: string;
  /** Paths that say when, what and how, never whom. */
  readonly without: ReadonlySet<string>;
  /** Who acted: an account only where nothing else is. */
  readonly actorPath: string | null;
  readonly known: KnownIds | null;
  /** Statements and messages: an id in them does not say whom else they reached. */
  readonly freeTexts: readonly string[];
}

interface OperationsProposal {
  readonly operations: readonly OperationProposal[];
  readonly notShown: number;
}

/** What each operation of the sample says about people, the commonest first. */
export function proposeOperations(request: OperationsRequest): OperationsProposal {
  const groups = new Map<string, FlatRecord[]>();
  for (const record of request.records) {
    const value = record.scalars.get(request.operationPath);
    if (value === undefined || value === null || value === "") continue;
    const name = String(value);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [record]);
    else group.push(record);
  }
  const byCount = [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  return {
    operations: byCount.slice(0, operationsMax).map(([name, records]) => propose(name, records, request)),
    notShown: Math.max(0, byCount.length - operationsMax),
  };
}

function propose(
  name: string,
  records: readonly FlatRecord[],
  request: OperationsRequest,
): OperationProposal {
  const { known, actorPath, without } = request;
  const tallies = tallyPaths(records);
  const all = findAccountPaths(tallies, known, without);
  const people = all.filter((path) => path.path !== actorPath);
  // Lists first: they name more people than the one who asked for them.
  const list = people.find((path) => path.kind === "accounts" && path.confidence >= 0.5);
  const best =
    list ??
    people[0] ??
    all.find(
      (path) => path.path === actorPath && (path.isMatched || /account|customer|member/i.test(path.path)),
    );
  const rows = findRows(tallies, without);
  const shown = {
    name,
    records: records.length,
    effect: effectOf(name),
    classes: suggestClasses([name, ...(best === undefined ? [] : [best.path])]),
    // PostgreSQL's lines that are no audit records.
    mayBeIgnored: isSignOfLife(name) || (request.freeTexts.length > 0 && name === "LOG"),
  };
  // A weak guess by name loses against a number that is there.
  if (best !== undefined && (best.isMatched || rows === null || best.confidence >= 0.3)) {
    return {
      ...shown,
      people: peopleOf(best),
      confidence: best.confidence,
      why: best.path === actorPath ? `${best.why}; it is also who acted` : best.why,
      alternatives: [
        ...all
          .filter((other) => other !== best)
          .slice(0, alternativesMax)
          .map(describe),
        ...(rows === null ? [] : [`rows: ${rows.path}`]),
      ],
    };
  }
  if (rows !== null) {
    return {
      ...shown,
      people: { kind: "rows", path: rows.path },
      confidence: 0.4,
      why: `a whole number on ${rows.present} of ${tallies.records}, by its name alone: only where each counted one is a person`,
      alternatives: all.slice(0, alternativesMax).map(describe),
    };
  }
  return {
    ...shown,
    people: { kind: "unknown" },
    confidence: 1,
    why: known === null ? "no path that sounds like account ids" : "no path holds ids of the directory",
    alternatives: [
      ...idsInsideLists(tallies, known),
      ...idsInTexts(tallies, request),
      ...(known === null ? [] : namedButUnknown(tallies, known, without)),
    ].slice(0, alternativesMax),
  };
}

function peopleOf(path: AccountPath): PeopleProposal {
  return { kind: path.kind, path: path.path, pattern: path.pattern, isList: path.kind === "accounts" };
}

function describe(path: AccountPath): string {
  return `${path.kind}: ${path.path} (${path.why})`;
}

function findRows(tallies: Tallies, without: ReadonlySet<string>): PathTally | null {
  for (const tally of tallies.scalars.values()) {
    if (without.has(tally.path) || !isRowsName(plainName(tally.path))) continue;
    const areWhole = [...tally.values.keys()].every((value) => /^(0|[1-9]\d{0,15})$/.test(value));
    if (tally.booleans === 0 && areWhole && tally.present >= 0.9 * tallies.records) return tally;
  }
  return null;
}

function idsInTexts(tallies: Tallies, { known, freeTexts }: OperationsRequest): readonly string[] {
  if (known === null) return [];
  return freeTexts.flatMap((path) => {
    const tally = tallies.scalars.get(path);
    const holds = [...(tally?.values.keys() ?? [])].some((value) =>
      partsOf(value).some(({ text }) => known.held.has(text)),
    );
    return holds ? [`ids of the directory stand in \`${path}\`, which may reach others too`] : [];
  });
}

function idsInsideLists(tallies: Tallies, known: KnownIds | null): readonly string[] {
  if (known === null) return [];
  return [...tallies.inside.values()].flatMap((tally) => {
    const held = [...tally.values.keys()].filter((value) => known.held.has(value)).length;
    return held > 0.5 * tally.values.size
      ? [
          `ids of the directory stand in \`${tally.path}\`, a list of objects, which no path of the map reaches`,
        ]
      : [];
  });
}
