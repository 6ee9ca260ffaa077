import type { CohortSet } from "../src/index.ts";

/** A cohort whose members are a list of ids. */
export function setOf(ids: readonly string[]): CohortSet {
  const members = new Set(ids);
  return { members: members.size, has: (account) => account !== null && members.has(account) };
}

export function namesOf(sets: ReadonlyMap<string, CohortSet>): readonly string[] {
  return [...sets.keys()];
}
