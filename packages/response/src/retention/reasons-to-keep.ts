import type { Incident, PlanPhase } from "../incident.ts";

const dayMs = 24 * 60 * 60_000;

/** Phases in which a plan's cohorts may be asked for again by the next bundle. */
const inUse: ReadonlySet<PlanPhase> = new Set(["approved", "in-force", "lift-proposed", "lift-approved"]);

/** When the incident was closed, in ms since the epoch; null while it is open. */
export function closedAtMs({ stage, stageMoves, allClear }: Incident): number | null {
  if (stage !== "closed") return null;
  return stageMoves.findLast((move) => move.to === "closed")?.atMs ?? allClear?.atMs ?? null;
}

/** Until when the personal data is kept, in ms since the epoch; null while nobody can tell: open, or not decided. */
export function keptUntilMs(incident: Incident): number | null {
  const closed = closedAtMs(incident);
  const { set } = incident.retention;
  return closed === null || set === null ? null : closed + set.days * dayMs;
}

/** What forbids that the personal data of an incident goes now; empty when nothing does. */
export function reasonsToKeep(incident: Incident, nowMs: number): readonly string[] {
  const reasons: string[] = [];
  const { set, hold } = incident.retention;
  const untilMs = keptUntilMs(incident);
  if (hold !== null) reasons.push(`a legal hold by ${hold.by} stands: ${hold.because}`);
  if (closedAtMs(incident) === null) reasons.push("the incident is not closed");
  if (set === null) reasons.push("no retention was set");
  if (untilMs !== null && nowMs < untilMs)
    reasons.push(`it is kept until ${new Date(untilMs).toISOString()}`);
  const plans = incident.plans.filter((plan) => inUse.has(plan.phase));
  if (plans.length > 0)
    reasons.push(`measures are in force: ${plans.map(({ planId }) => planId).join(", ")}`);
  return reasons;
}
