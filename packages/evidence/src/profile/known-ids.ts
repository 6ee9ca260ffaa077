import type { PathTally, Tallies } from "./path-tally.ts";

/** What a directory said about sampled values: which were asked about, and which of them are account ids. */
export interface KnownIds {
  readonly asked: ReadonlySet<string>;
  readonly held: ReadonlySet<string>;
}

/** How many values of one path, and of one source, a directory is asked about. */
const askedLimits = { perPath: 500, inAll: 50_000, partsPerValue: 40, valueLength: 500 } as const;

/** The sampled values that could be account ids, or hold one: each path's first ones in turn. */
export function valuesToAsk(tallies: Tallies): readonly string[] {
  const asked = new Set<string>();
  const paths = [
    ...tallies.scalars.values(),
    ...[...tallies.lists.values()].map(({ elements }) => elements),
    ...tallies.inside.values(),
  ];
  const perPath = Math.max(
    20,
    Math.min(askedLimits.perPath, Math.floor(askedLimits.inAll / Math.max(1, paths.length))),
  );
  for (const tally of paths) {
    let left = perPath;
    for (const value of tally.values.keys()) {
      if (left === 0 || asked.size >= askedLimits.inAll) break;
      left -= 1;
      if (value.length > askedLimits.valueLength) continue;
      asked.add(value);
      for (const { text } of partsOf(value)) asked.add(text);
    }
  }
  return [...asked];
}

export interface ValuePart {
  readonly text: string;
  /** Where it begins in its value. */
  readonly at: number;
  /** What stands between it and the next sign: a file's extension. */
  readonly after: string;
}

/** The parts of a value that signs hold apart (`/users/u-1`); none when it is one part. */
export function partsOf(value: string): readonly ValuePart[] {
  if (value.length > askedLimits.valueLength || !/[^\p{L}\p{N}_@-]/u.test(value)) return [];
  const parts: ValuePart[] = [];
  for (const match of value.matchAll(/[\p{L}\p{N}_.@-]+/gu)) {
    if (parts.length >= askedLimits.partsPerValue) break;
    const [text] = match;
    parts.push({ text, at: match.index, after: "" });
    // A file's name: `u-1.json`.
    const stop = text.lastIndexOf(".");
    if (stop > 0) parts.push({ text: text.slice(0, stop), at: match.index, after: text.slice(stop) });
  }
  return parts;
}

/** How many records' values at a path were asked about, and how many of those are ids. */
export function countKnown(
  tally: PathTally,
  known: KnownIds,
): { readonly asked: number; readonly held: number; readonly distinct: number } {
  let asked = 0;
  let held = 0;
  let distinct = 0;
  for (const [value, count] of tally.values) {
    if (!known.asked.has(value)) continue;
    asked += count;
    if (!known.held.has(value)) continue;
    held += count;
    distinct += 1;
  }
  return { asked, held, distinct };
}
