import type { Measure, Progress } from "@cordon/contract";
import { canarySuffix } from "@cordon/response";

/** How often enforcement points have met a measure, over all bundles and points: decisions, not people. */
export function timesMet(
  points: readonly Progress[],
  { measure, id }: Pick<Measure, "measure" | "id">,
): number {
  const name = `${measure}.${id}`;
  let times = 0;
  for (const { counters } of points) {
    for (const [counter, value] of Object.entries(counters)) {
      if (/^v\d+\./.test(counter) && counter.slice(counter.indexOf(".") + 1) === name) times += value;
    }
  }
  return times;
}

/** Accounts that have met a measure, at least: as many as the point that counted most. Null where no point counts. */
export function accountsMet(points: readonly Progress[], { id }: Pick<Measure, "id">): number | null {
  let most: number | null = null;
  for (const { met } of points) {
    for (const { rule, accounts } of met?.rules ?? []) {
      if (rule === id || rule === `${id}${canarySuffix}`) most = Math.max(most ?? 0, accounts);
    }
  }
  return most;
}
