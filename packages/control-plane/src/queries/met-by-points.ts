import type { MetCount, PlanProgress, Progress, RuleMet } from "@cordon/contract";
import type { GroupCounts } from "@cordon/lake";
import { compareCodePoints, parseInstant } from "@cordon/model";
import { canarySuffix, wavesOf, type Measure, type PlanState } from "@cordon/response";

type Met = PlanProgress["measures"][number]["met"];

interface AskedOf {
  readonly plan: Pick<PlanState, "inForce">;
  readonly measure: Measure;
  /** Waves that are open. */
  readonly open: number;
  /** People of the measure by market and store; null: not asked for. */
  readonly groups: Pick<GroupCounts, "markets" | "stores"> | null;
}

/** What one point has counted of one measure: of its rule, and of its canary's. */
interface Counted {
  readonly rule: RuleMet | null;
  readonly canary: RuleMet | null;
}

/**
 * How many accounts have met a measure, by what enforcement points have counted. Each point counts an account once, and nobody can
 * tell whether two have counted the same one: at least as many as the point that counted most, at most as many as all together. The
 * upper bound is null where a point has been counting only since after the measure came into force, or ran out of room.
 */
export function metByPoints(points: readonly Progress[], { plan, measure, open, groups }: AskedOf): Met {
  if (measure.measure === "refuse_client")
    return nothing("refusing a client asks nothing of a person that could be met");
  const counts = points.map((point) => countedBy(point, measure.id));
  const counting = counts.filter(({ rule, canary }) => rule !== null || canary !== null);
  if (counting.length === 0)
    return nothing(plan.inForce === null ? "it is not in force" : "no enforcement point counts it");
  const because = unknownBecause(points, counts, plan);
  const bounds = (of: (counted: Counted) => readonly [atLeast: number, atMost: number]): MetCount => {
    const each = counting.map(of);
    const atLeast = Math.max(...each.map(([one]) => one));
    return { atLeast, atMost: because === null ? each.reduce((sum, [, one]) => sum + one, 0) : null };
  };
  const one = (of: (counted: Counted) => number) => bounds((counted) => [of(counted), of(counted)]);
  // Whoever is in the canary may be in an open wave too, and is then counted by both rules.
  const either = (of: (met: RuleMet) => number) =>
    bounds(({ rule, canary }) => {
      const [theirs, first] = [rule === null ? 0 : of(rule), canary === null ? 0 : of(canary)];
      return [Math.max(theirs, first), theirs + first];
    });
  const waves = wavesOf(measure);
  const byWave =
    counting.some(({ rule }) => rule?.waves?.length === waves) &&
    counting.every(({ rule }) => rule === null || rule.waves?.length === waves)
      ? Array.from({ length: waves }, (_, wave) => ({
          wave,
          isOpen: wave < open,
          ...one(({ rule }) => rule?.waves?.[wave] ?? 0),
        }))
      : null;
  const by = (name: "markets" | "stores") => {
    const names = new Set(
      counting.flatMap(({ rule, canary }) => [
        ...Object.keys(rule?.[name] ?? {}),
        ...Object.keys(canary?.[name] ?? {}),
      ]),
    );
    for (const known of groups?.[name].keys() ?? []) if (known !== "") names.add(known);
    return Object.fromEntries(
      [...names]
        .sort(compareCodePoints)
        .map((key) => [
          key,
          { people: groups?.[name].get(key) ?? null, ...either((met) => met[name][key] ?? 0) },
        ]),
    );
  };
  return {
    total: either((met) => met.accounts),
    because,
    canary: counting.some(({ canary }) => canary !== null)
      ? one(({ canary }) => canary?.accounts ?? 0)
      : null,
    byWave,
    byMarket: by("markets"),
    byStore: by("stores"),
  };
}

function nothing(because: string): Met {
  return { total: null, because, canary: null, byWave: null, byMarket: null, byStore: null };
}

function countedBy({ met }: Progress, measureId: string): Counted {
  const find = (id: string) => met?.rules.find(({ rule }) => rule === id) ?? null;
  return { rule: find(measureId), canary: find(`${measureId}${canarySuffix}`) };
}

/** Why there is no upper bound; null: there is one. */
function unknownBecause(
  points: readonly Progress[],
  counts: readonly Counted[],
  { inForce }: AskedOf["plan"],
): string | null {
  for (const [index, point] of points.entries()) {
    const { rule, canary } = counts[index] ?? { rule: null, canary: null };
    if (point.met === undefined && decides(point))
      return `\`${point.point}\` does not count who has met a measure`;
    if (rule === null && canary === null) continue;
    const startedMs = parseInstant(point.met?.startedAt ?? "");
    // The directory's time for the plan's first bundle: before that came into force anywhere.
    const sinceMs = parseInstant(inForce?.cutoff ?? "");
    if (sinceMs === null || startedMs === null || startedMs > sinceMs)
      return `\`${point.point}\` has counted only since it started, after the measure came into force`;
    if (rule?.isWhole === false || canary?.isWhole === false)
      return `\`${point.point}\` had no room to count more`;
  }
  return null;
}

/** A point in shadow mode asks for nothing, and one without a bundle has nothing to ask for. */
function decides({ bundleVersion, counters }: Progress): boolean {
  return bundleVersion !== null && counters["mode.shadow"] === undefined;
}
