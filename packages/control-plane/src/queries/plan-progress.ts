import type { MetCount, PlanProgress } from "@cordon/contract";
import type { Cohort as DirectoryCohort, DirectoryCohort as Conditions } from "@cordon/lake";
import { formatInstant, parseDuration } from "@cordon/model";
import { openWaves, wavesOf, type Incident, type Measure, type PlanState } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { metByPoints } from "./met-by-points.ts";
import { resolveCohort } from "../policy/resolve-cohort.ts";
import { requireIncident } from "../run-command.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export async function planProgress(plane: Plane, incidentId: string, planId: string): Promise<PlanProgress> {
  await plane.record.catchUp();
  const incident = requireIncident(plane, incidentId);
  const plan = planIn(incident, planId);
  await plane.directory.ensure();
  const nowMs = plane.clock();
  const inForce = plane.record.bundle()?.version ?? null;
  const points = plane.progress.all();
  const measures: PlanProgress["measures"] = [];
  for (const measure of plan.measures) {
    const groups = await plane.directory.directory.countGroups({
      cohort: concernedBy(incident, measure),
      versionBelow: null,
    });
    const { people } = groups;
    const wavesOpen = openWaves(plan, measure, nowMs);
    const waves = wavesOf(measure);
    const unmet = await unmetOf(plane, incident, plan, measure);
    const open = plan.run === null ? waves : wavesOpen;
    const met = metByPoints(points, { plan, measure, open, groups });
    measures.push({
      measureId: measure.id,
      people,
      wavesOpen: open,
      waves,
      nextWaveAt: nextWaveAt(plan, measure, wavesOpen),
      openPeople: plan.run === null ? people : Math.round((people * wavesOpen) / waves),
      timesMet: timesMet(points, measure),
      metShare: unmet === null ? shareAtLeast(met.total, people) : shareOf(people - unmet, people),
      met,
    });
  }
  const behind = points.filter((point) => point.bundleVersion !== inForce).length;
  return { planId, bundleVersion: inForce, points: { reporting: points.length, behind }, measures };
}

/**
 * The share of the people concerned who have met all of a plan's measures, at least: the lowest of its measures. The directory knows
 * passwords and versions; sign-ins and downloads are what enforcement points have counted at least. Null where neither can tell.
 */
export async function metShareOf(plane: Plane, incidentId: string, planId: string): Promise<number | null> {
  const incident = requireIncident(plane, incidentId);
  const plan = planIn(incident, planId);
  if (plan.terms?.end.metShareAtLeast === null) return null;
  let share = 1;
  for (const measure of plan.measures) {
    if (measure.measure === "refuse_client") continue;
    const unmet = await unmetOf(plane, incident, plan, measure);
    const people = await peopleOf(plane, incident, measure);
    if (unmet !== null) {
      share = Math.min(share, shareOf(people - unmet, people));
      continue;
    }
    const asked = { plan, measure, open: wavesOf(measure), groups: null };
    const met = shareAtLeast(metByPoints(plane.progress.all(), asked).total, people);
    if (met === null) return null;
    share = Math.min(share, met);
  }
  return share;
}

/** Accounts that are younger than the directory may be among those counted. */
function shareAtLeast(total: MetCount | null, people: number): number | null {
  return total === null ? null : shareOf(Math.min(total.atLeast, people), people);
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function planIn(incident: Incident, planId: string): PlanState {
  const plan = incident.plans.find((one) => one.planId === planId);
  if (plan === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no plan \`${planId}\``);
  return plan;
}

/** Whom a measure is for: its cohort, and on installations its `where`. */
export function concernedBy(incident: Incident, { cohort, where }: Measure): DirectoryCohort {
  const theirs: DirectoryCohort = cohort === undefined ? { everyone: true } : resolveCohort(cohort, incident);
  if (where === undefined) return theirs;
  return { intersect: [theirs, { directory: { ...where } }] };
}

async function peopleOf(plane: Plane, incident: Incident, measure: Measure): Promise<number> {
  return plane.directory.directory.countCohort(concernedBy(incident, measure));
}

/** People of the measure who have not met it, as the directory has it; null where it can't tell. */
async function unmetOf(
  plane: Plane,
  incident: Incident,
  plan: PlanState,
  measure: Measure,
): Promise<number | null> {
  const condition = unmetCondition(plan, measure);
  if (condition === null) return null;
  return plane.directory.directory.countCohort({
    intersect: [concernedBy(incident, measure), { directory: condition }],
  });
}

function unmetCondition(plan: PlanState, measure: Measure): Conditions | null {
  switch (measure.measure) {
    case "change_password": {
      const cutoff = measure.cutoff ?? plan.inForce?.cutoff;
      return cutoff === undefined ? null : { passwordSetBefore: cutoff };
    }
    case "upgrade":
      return { ...measure.where, versionBelow: measure.below };
    case "reauthenticate":
    case "redownload":
    case "refuse_client":
      return null;
  }
}

function nextWaveAt(plan: PlanState, measure: Measure, open: number): string | null {
  const fromMs = plan.run?.clock?.fromMs ?? null;
  const rollout = "rollout" in measure ? measure.rollout : undefined;
  if (fromMs === null || rollout === undefined || open >= rollout.waves || plan.run === null) return null;
  const overMs = (parseDuration(rollout.over) ?? 0) * plan.run.pace;
  return formatInstant(fromMs + Math.ceil((open * overMs) / rollout.waves));
}

/** Decisions, not people, over all bundles and points that report; those of the canary's own rule among them. */
function timesMet(
  points: readonly { readonly counters: Readonly<Record<string, number>> }[],
  { measure, id }: Measure,
): number {
  const names = new Set([`${measure}.${id}`, `${measure}.${id}-canary`]);
  let times = 0;
  for (const { counters } of points) {
    for (const [counter, value] of Object.entries(counters)) {
      const name = /^v\d+\.(.+)$/.exec(counter)?.[1];
      if (name !== undefined && names.has(name)) times += value;
    }
  }
  return times;
}
