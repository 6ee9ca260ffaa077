import type { PathTally, Tallies } from "./path-tally.ts";
import type { Candidate } from "./source-profile.ts";

/** A path that may be what is looked for; `weight` says how well its name and shape fit, from 0 to 1. */
export function candidate(tally: PathTally, tallies: Tallies, weight: number, why: string): Candidate {
  return {
    path: tally.path,
    confidence: Math.round(100 * weight * Math.min(1, tally.present / Math.max(1, tallies.records))) / 100,
    records: tally.present,
    of: tallies.records,
    why,
  };
}

/** How many of a path's records have values that `holds`, from 0 to 1. */
export function share(tally: PathTally, holds: (value: string) => boolean): number {
  let all = 0;
  let held = 0;
  for (const [value, count] of tally.values) {
    all += count;
    if (holds(value)) held += count;
  }
  return all === 0 ? 0 : held / all;
}
