import { scalarText } from "../log-value.ts";
import type { FlatRecord } from "./flatten-record.ts";

/** How many paths, and distinct values of one path, are kept. */
const tallyLimits = { paths: 2_000, distinctValues: 2_000 } as const;

/** What the sampled records hold at one path. All numbers count records, but for lists: those count elements. */
export class PathTally {
  readonly path: string;
  /** Records with a value that is neither null nor empty text. */
  present = 0;
  texts = 0;
  wholeNumbers = 0;
  booleans = 0;
  otherNumbers = 0;
  /** Records that hold nothing but an object's empty place: null or empty text. */
  empty = 0;
  /** Distinct values as text, at most tallyLimits.distinctValues, and how often each stands. */
  readonly values = new Map<string, number>();
  hasMoreValues = false;

  constructor(path: string) {
    this.path = path;
  }

  take(value: null | boolean | number | bigint | string): void {
    if (value === null || value === "") {
      this.empty += 1;
      return;
    }
    this.present += 1;
    if (typeof value === "string") this.texts += 1;
    else if (typeof value === "boolean") this.booleans += 1;
    else if (typeof value === "bigint" || Number.isSafeInteger(value)) this.wholeNumbers += 1;
    else this.otherNumbers += 1;
    const text = scalarText(value);
    if (text === null) return;
    const seen = this.values.get(text);
    if (seen !== undefined) this.values.set(text, seen + 1);
    else if (this.values.size < tallyLimits.distinctValues) this.values.set(text, 1);
    else this.hasMoreValues = true;
  }

  /** The last key, in lower case, letters and digits alone: what names are compared by. */
  get plainName(): string {
    return plainName(this.path);
  }

  get depth(): number {
    return this.path.split(".").length;
  }
}

export function plainName(path: string): string {
  const last = /(?:"(?:[^"\\]|\\.)*"|[^".]+)$/u.exec(path)?.[0] ?? path;
  return last.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** What some records hold, path by path. */
export interface Tallies {
  readonly records: number;
  readonly scalars: ReadonlyMap<string, PathTally>;
  /** By elements. */
  readonly lists: ReadonlyMap<string, ListTally>;
  readonly inside: ReadonlyMap<string, PathTally>;
  /** True when there are more paths than were kept. */
  readonly hasMorePaths: boolean;
}

export interface ListTally {
  readonly path: string;
  /** Records that hold a list there, an empty one too. */
  readonly records: number;
  readonly elements: PathTally;
}

export function tallyPaths(records: readonly FlatRecord[]): Tallies {
  const scalars = new Map<string, PathTally>();
  const inside = new Map<string, PathTally>();
  const lists = new Map<string, { path: string; records: number; elements: PathTally }>();
  let hasMorePaths = false;
  const tallyOf = (tallies: Map<string, PathTally>, path: string): PathTally | null => {
    const known = tallies.get(path);
    if (known !== undefined) return known;
    if (tallies.size >= tallyLimits.paths) {
      hasMorePaths = true;
      return null;
    }
    const made = new PathTally(path);
    tallies.set(path, made);
    return made;
  };
  for (const record of records) {
    for (const [path, value] of record.scalars) tallyOf(scalars, path)?.take(value);
    for (const [path, values] of record.inside) {
      const tally = tallyOf(inside, path);
      for (const value of values) tally?.take(value);
    }
    for (const [path, values] of record.lists) {
      let tally = lists.get(path);
      if (tally === undefined && lists.size < tallyLimits.paths) {
        tally = { path, records: 0, elements: new PathTally(path) };
        lists.set(path, tally);
      }
      if (tally === undefined) continue;
      tally.records += 1;
      for (const value of values) tally.elements.take(value);
    }
  }
  return { records: records.length, scalars, lists, inside, hasMorePaths };
}
