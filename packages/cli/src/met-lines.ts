import type { MetCount, PlanProgress } from "@cordon/contract";

/** How many accounts have met a measure, as enforcement points have counted them: in all, then by wave, market and store. */
export function metLines(met: PlanProgress["measures"][number]["met"]): string[] {
  const { total, because, canary, byWave, byMarket, byStore } = met;
  if (total === null) return [`  accounts that have met it: not known, ${because ?? "nobody counts"}`];
  const waves = byWave?.filter(({ isOpen, atLeast }) => isOpen || atLeast > 0) ?? [];
  const groups = (name: string, counts: typeof byMarket) =>
    Object.entries(counts ?? {}).map(
      ([key, count]) =>
        `  ${name} ${key}: ${bounds(count)}${count.people === null ? "" : ` of ${count.people}`}`,
    );
  return [
    `  accounts that have met it: ${bounds(total)}${because === null ? "" : `; no upper bound: ${because}`}`,
    ...(canary === null ? [] : [`  canary: ${bounds(canary)}`]),
    ...waves.map((count) => `  wave ${count.wave}: ${bounds(count)}`),
    ...groups("market", byMarket),
    ...groups("store", byStore),
  ];
}

function bounds({ atLeast, atMost }: MetCount): string {
  if (atMost === null) return `at least ${atLeast}`;
  return atMost === atLeast ? String(atLeast) : `${atLeast} to ${atMost}`;
}
