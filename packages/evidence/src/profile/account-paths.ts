import { findAccountPattern } from "./account-pattern.ts";
import { countKnown, type KnownIds } from "./known-ids.ts";
import { isAccountName } from "./name-hints.ts";
import { plainName, type PathTally, type Tallies } from "./path-tally.ts";
import type { Candidate } from "./source-profile.ts";

/** A path that may name the accounts that an operation reached. */
export interface AccountPath extends Candidate {
  readonly kind: "account" | "accounts";
  readonly pattern: string | null;
  /** True for what only the directory vouches for, not the name. */
  readonly isMatched: boolean;
}

const matchedMin = 0.5;

/** The paths that may hold account ids, the likeliest first. `without`: paths that serve a field already. */
export function findAccountPaths(
  tallies: Tallies,
  known: KnownIds | null,
  without: ReadonlySet<string>,
): readonly AccountPath[] {
  const found: AccountPath[] = [];
  for (const tally of tallies.scalars.values()) {
    if (without.has(tally.path) || tally.present === 0 || tally.booleans > 0 || tally.otherNumbers > 0)
      continue;
    const path = known === null ? byName(tally, tallies, "account") : byDirectory(tally, tallies, known);
    if (path !== null) found.push(path);
  }
  for (const { path, records, elements } of tallies.lists.values()) {
    if (without.has(path)) continue;
    const list =
      known === null
        ? byName(elements, tallies, "accounts")
        : listByDirectory(elements, { records, tallies, known });
    if (list !== null) found.push(known === null ? { ...list, records } : list);
  }
  return found.sort((a, b) => b.confidence - a.confidence || a.path.length - b.path.length);
}

/** Paths that their name calls account ids although the directory holds few or none of their values. */
export function namedButUnknown(
  tallies: Tallies,
  known: KnownIds,
  without: ReadonlySet<string>,
): readonly string[] {
  return [...tallies.scalars.values()].flatMap((tally) => {
    if (without.has(tally.path) || !isNamed(tally.path) || tally.present === 0) return [];
    const { asked, held } = countKnown(tally, known);
    return asked > 0 && held < matchedMin * asked
      ? [`\`${tally.path}\` sounds like account ids, but ${held} of ${asked} values are in the directory`]
      : [];
  });
}

function byDirectory(tally: PathTally, tallies: Tallies, known: KnownIds): AccountPath | null {
  const { asked, held, distinct } = countKnown(tally, known);
  if (asked > 0 && held >= matchedMin * asked) {
    const confidence = certainty(tally, held / asked, distinct) * presence(tally.present, tallies);
    return {
      kind: "account",
      path: tally.path,
      pattern: null,
      isMatched: true,
      confidence: round(confidence),
      records: held,
      of: asked,
      why: `${held} of ${asked} values are ids in the directory, ${distinct} distinct`,
    };
  }
  const inside = findAccountPattern(tally, known);
  if (inside === null) return null;
  return {
    kind: "account",
    path: tally.path,
    pattern: inside.pattern,
    isMatched: true,
    confidence: round(
      certainty(tally, inside.held / inside.of, inside.distinct) * presence(tally.present, tallies),
    ),
    records: inside.held,
    of: inside.of,
    why: `${inside.held} of ${inside.of} values hold an id of the directory, ${inside.distinct} distinct`,
  };
}

function listByDirectory(
  elements: PathTally,
  {
    records,
    tallies,
    known,
  }: { readonly records: number; readonly tallies: Tallies; readonly known: KnownIds },
): AccountPath | null {
  const { asked, held, distinct } = countKnown(elements, known);
  if (asked === 0 || held < matchedMin * asked) return null;
  return {
    kind: "accounts",
    path: elements.path,
    pattern: null,
    isMatched: true,
    confidence: round(certainty(elements, held / asked, distinct) * presence(records, tallies)),
    records: held,
    of: asked,
    why: `${held} of ${asked} list elements are ids in the directory, ${distinct} distinct`,
  };
}

/** Few different ids, or short numbers, are in a directory by chance. */
function certainty(tally: PathTally, share: number, distinct: number): number {
  const few = distinct >= 10 ? 1 : 0.5 + 0.05 * distinct;
  const areShortNumbers = [...tally.values.keys()].every((value) => /^\d{1,6}$/.test(value));
  return share * few * (areShortNumbers && !isNamed(tally.path) ? 0.6 : 1);
}

function byName(tally: PathTally, tallies: Tallies, kind: "account" | "accounts"): AccountPath | null {
  if (!isNamed(tally.path)) return null;
  return {
    kind,
    path: tally.path,
    pattern: null,
    isMatched: false,
    confidence: round(0.55 * presence(tally.present, tallies)),
    records: tally.present,
    of: tallies.records,
    why: "by its name alone; `--directory` would match its values against the accounts",
  };
}

function isNamed(path: string): boolean {
  // AWS, OCSF: the cloud account that a call was made in is no person's.
  if (/^(userIdentity|cloud|metadata|recipientAccountId)\b/.test(path)) return false;
  const plain = plainName(path);
  if (plain === "uid" || plain === "id")
    return /(user|account|customer|member|subject)s?\.(uid|id)$/i.test(path);
  return isAccountName(plain);
}

function presence(present: number, tallies: Tallies): number {
  return Math.min(1, present / Math.max(1, tallies.records));
}

function round(confidence: number): number {
  return Math.round(100 * confidence) / 100;
}
