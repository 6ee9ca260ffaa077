import type { Measure, Progress } from "@cordon/contract";

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
