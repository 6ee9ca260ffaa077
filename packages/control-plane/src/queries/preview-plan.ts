import type { Preview, PreviewPlan } from "@cordon/contract";
import type { Cohort, GroupCounts } from "@cordon/lake";
import { parseInstant } from "@cordon/model";
import {
  plansInForce,
  previewOf,
  type Incident,
  type Measure,
  type MeasureCounts,
  type PlanState,
} from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { planReach } from "../policy/plan-reach.ts";
import { requireIncident } from "../run-command.ts";
import { concernedBy } from "./plan-progress.ts";

const hours = 7 * 24;

interface Owned {
  readonly incident: Incident;
  readonly plan: PlanState;
}

/**
 * What a plan would do: whom it concerns by market, platform and store, the load to expect, and what it changes against
 * what is in force of every incident. Throws ERR_PLANE_NOT_FOUND, ERR_PROFILE, LakeError.
 */
export async function previewPlan(
  plane: Plane,
  incidentId: string,
  planId: string,
  body: PreviewPlan,
): Promise<Preview> {
  await plane.record.catchUp();
  const incident = requireIncident(plane, incidentId);
  const plan = incident.plans.find((one) => one.planId === planId);
  if (plan === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no plan \`${planId}\``);
  const reach = await planReach(plane, incident, plan.measures);
  const others: Owned[] = plane.record
    .incidents()
    .flatMap((one) => plansInForce(one).map((other) => ({ incident: one, plan: other })))
    .filter((one) => one.plan.planId !== planId);
  const counts: MeasureCounts[] = [];
  const groupsOf = countedOnce(plane, plan.measures);
  for (const measure of plan.measures)
    counts.push(await countsOf(plane, { incident, measure, others, body, groupsOf }));
  const nowMs = plane.clock();
  const preview = previewOf({
    measures: plan.measures,
    inForce: plan.inForce === null ? [] : plan.measures,
    counts,
    profile: body.profile,
    basePerSecond: body.basePerSecond ?? null,
    signInsPerSecondMax: body.signInsPerSecondMax ?? null,
    contactsPerThousand: body.contactsPerThousand ?? { signIns: 0, downloads: 0 },
    fromMs: body.from === undefined ? nowMs : (parseInstant(body.from) ?? NaN),
    nowMs,
    hours: body.hours ?? hours,
  });
  return {
    planId,
    directoryAsOf: reach.directoryAsOf,
    people: reach.accounts,
    measures: preview.measures.map((measure) => ({
      ...measure,
      byMarket: { ...measure.byMarket },
      byPlatform: { ...measure.byPlatform },
      byStore: { ...measure.byStore },
    })),
    difference: preview.difference.map((one) => ({ ...one })),
    hours: preview.hours.map((hour) => ({ ...hour })),
    signInsPerSecondPeak: preview.signInsPerSecondPeak,
    isWithinBudget: preview.isWithinBudget,
    warnings: [...preview.warnings],
  };
}

interface Counted {
  readonly incident: Incident;
  readonly measure: Measure;
  readonly others: readonly Owned[];
  readonly body: PreviewPlan;
  readonly groupsOf: (cohort: Cohort, versionBelow: string | null) => Promise<GroupCounts>;
}

/**
 * Measures for the same cohort share one count. Where no version is asked for, the count of a version that another measure asks for does as well: people, markets,
 * platforms and stores are the same in it.
 */
function countedOnce(plane: Plane, measures: readonly Measure[]): Counted["groupsOf"] {
  const { directory } = plane.directory;
  const known = new Map<string, Promise<GroupCounts>>();
  const versions = measures.flatMap((measure) => (measure.measure === "upgrade" ? [measure.below] : []));
  return (cohort, versionBelow) => {
    const asked = versionBelow ?? versions[0] ?? null;
    const key = JSON.stringify([cohort, asked]);
    const groups = known.get(key) ?? directory.countGroups({ cohort, versionBelow: asked });
    known.set(key, groups);
    return groups;
  };
}

async function countsOf(
  plane: Plane,
  { incident, measure, others, body, groupsOf }: Counted,
): Promise<MeasureCounts> {
  const { directory } = plane.directory;
  const theirs = concernedBy(incident, measure);
  const same = others.flatMap((other) =>
    other.plan.measures
      .filter((one) => one.measure === measure.measure)
      .map((one) => concernedBy(other.incident, one)),
  );
  const versionBelow = measure.measure === "upgrade" ? measure.below : null;
  const groups = await groupsOf(theirs, versionBelow);
  return {
    measureId: measure.id,
    people: groups.people,
    byMarket: Object.fromEntries(groups.markets),
    byPlatform: Object.fromEntries(groups.platforms),
    byStore: versionBelow === null ? Object.fromEntries(groups.stores) : belowByStore(measure, groups),
    alreadyMeet:
      same.length === 0 ? 0 : await directory.countCohort({ intersect: [theirs, { union: same }] }),
    exposedSessions: body.exposedSessions?.[measure.id] ?? 0,
  };
}

/** People with an installation that an upgrade is for, by its store. At most: who has two of them in one store may count twice. */
function belowByStore({ where }: Measure, { installations }: GroupCounts): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { platform, store, version, people } of installations) {
    if (version !== "below" || people === 0) continue;
    if (!isAmong(where?.platform, platform) || !isAmong(where?.store, store)) continue;
    counts[store] = (counts[store] ?? 0) + people;
  }
  return counts;
}

function isAmong(asked: string | readonly string[] | undefined, name: string): boolean {
  return asked === undefined || [asked].flat().includes(name);
}
