import { partsOf, type KnownIds, type ValuePart } from "./known-ids.ts";
import type { PathTally } from "./path-tally.ts";

/** Values that hold an account id between other text (`/users/u-1/profile`). Numbers count records. */
interface AccountPattern {
  /** A regular expression with the group `account`. */
  readonly pattern: string;
  readonly held: number;
  readonly of: number;
  readonly distinct: number;
}

const matchedMin = 0.5;

/**
 * The pattern that finds an id of the directory in most of a path's values; null when none does, and when a value holds
 * more than one id: an operation that names one of them would hide the other.
 */
export function findAccountPattern(tally: PathTally, known: KnownIds): AccountPattern | null {
  const contexts = new Map<string, number>();
  for (const [value, count] of tally.values) {
    const found = idsWithContext(value, known);
    if (new Set(found.map(({ id }) => id)).size > 1) return null;
    for (const { pattern } of found) contexts.set(pattern, (contexts.get(pattern) ?? 0) + count);
  }
  const [best] = [...contexts].sort((a, b) => b[1] - a[1]);
  if (best === undefined) return null;
  const [pattern] = best;
  const finder = new RegExp(pattern, "u");
  const ids = new Set<string>();
  let held = 0;
  let of = 0;
  for (const [value, count] of tally.values) {
    if (!partsOf(value).some(({ text }) => known.asked.has(text))) continue;
    of += count;
    const account = finder.exec(value)?.groups?.["account"];
    if (account === undefined || !known.held.has(account)) continue;
    held += count;
    ids.add(account);
  }
  return of > 0 && held >= matchedMin * of ? { pattern, held, of, distinct: ids.size } : null;
}

/** Each id in a value, and a pattern made of what stands around it. */
function idsWithContext(
  value: string,
  known: KnownIds,
): readonly { readonly id: string; readonly pattern: string }[] {
  const parts = partsOf(value);
  return parts.flatMap((part) => {
    if (!known.held.has(part.text)) return [];
    const before = parts.findLast(({ at, after }) => at < part.at && after === "");
    const account =
      part.after === ""
        ? "(?<account>[^/?#&;:,| ]+)"
        : `(?<account>[^/?#&;:,| ]+)${escapeForPattern(part.after)}`;
    return [{ id: part.text, pattern: `${contextOf(value, part, before)}${account}` }];
  });
}

function contextOf(value: string, part: ValuePart, before: ValuePart | undefined): string {
  if (before === undefined) return `^${escapeForPattern(value.slice(0, part.at))}`;
  const begin = Math.max(0, before.at - 1);
  return `${before.at === 0 ? "^" : ""}${escapeForPattern(value.slice(begin, part.at))}`;
}

/** Only what a pattern with the flag `u` lets be escaped; `/` needs none. */
function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
