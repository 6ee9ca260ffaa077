import type { AllClearJudgement } from "@cordon/contract";
import { parseInstant } from "@cordon/model";
import {
  judgeAllClear as judge,
  unfinished,
  type AllClearObservations,
  type Incident,
} from "@cordon/response";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { planProgress } from "./plan-progress.ts";

/** What stands between now and the all clear. Throws ERR_PLANE_NOT_FOUND. */
export async function judgeAllClear(plane: Plane, incidentId: string): Promise<AllClearJudgement> {
  await plane.record.catchUp();
  const incident = requireIncident(plane, incidentId);
  const nowMs = plane.clock();
  const criteria = incident.allClearCriteria?.criteria;
  if (criteria === undefined) {
    const ahead = unfinished(incident, nowMs);
    const findings = ahead.map((because) => ({ criterion: "finished" as const, holds: false, because }));
    return { isClear: ahead.length === 0, findings };
  }
  const seen = await allClearObservations(plane, incident);
  const { isClear, findings } = judge(incident, criteria, seen, nowMs);
  return { isClear, findings: findings.map((finding) => ({ ...finding })) };
}

/** What the control plane itself has seen, for the criteria to be judged by. */
export async function allClearObservations(plane: Plane, incident: Incident): Promise<AllClearObservations> {
  const measures: { measureId: string; people: number; met: number }[] = [];
  let pointsBehind: number | null = null;
  for (const { planId, inForce } of incident.plans) {
    if (inForce === null) continue;
    const progress = await planProgress(plane, incident.incidentId, planId);
    if (progress.points.reporting > 0) pointsBehind = progress.points.behind;
    for (const { measureId, people, metShare } of progress.measures) {
      // Left out where nobody can tell: then the criterion does not hold.
      if (metShare !== null) measures.push({ measureId, people, met: Math.round(metShare * people) });
    }
  }
  const lastSuspectAtMs = lastSeen(incident);
  return { measures, lastSuspectAtMs, pointsBehind, samples: await plane.samples.all() };
}

/**
 * The suspects' last access that any answer names. Null when none names one, or when the evidence ends before they could have been
 * quiet for a while: who is not watched is not quiet.
 */
function lastSeen(incident: Incident): number | null {
  const quietForMs = incident.allClearCriteria?.criteria.quietForMs ?? 0;
  let lastMs: number | null = null;
  let watchedUntilMs = -Infinity;
  for (const { answer, window } of incident.answers.values()) {
    const atMs = answer.lastAccess === null ? null : parseInstant(answer.lastAccess);
    if (atMs !== null) lastMs = Math.max(lastMs ?? -Infinity, atMs);
    watchedUntilMs = Math.max(watchedUntilMs, parseInstant(window.to) ?? -Infinity);
  }
  return lastMs !== null && watchedUntilMs - lastMs >= quietForMs ? lastMs : null;
}
