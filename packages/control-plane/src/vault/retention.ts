import type { RecordedEvent } from "@cordon/journal-postgres";
import type { Incident, PlanPhase } from "@cordon/response";

/** How long an incident's personal data is kept, and what forbids that it goes. */
export interface Retention {
  /** Whole days after the incident was closed; null: not decided, and nothing goes. */
  readonly days: number | null;
  /** A court's or authority's wish that nothing goes; null: none. */
  readonly hold: { readonly by: string; readonly reason: string } | null;
  /** When the personal data went, milliseconds since the epoch; null while it is there. */
  readonly shreddedAtMs: number | null;
}

const dayMs = 24 * 60 * 60_000;

export function retentionStream(incidentId: string): string {
  return `retention/${incidentId}`;
}

/** The state after the events of a retention stream. */
export function retentionOf(events: readonly RecordedEvent[]): Retention {
  let retention: Retention = { days: null, hold: null, shreddedAtMs: null };
  for (const { type, data, atMs } of events) {
    if (data === null) continue;
    const { days, by, reason } = data;
    if (type === "retention-set" && typeof days === "number") retention = { ...retention, days };
    if (type === "legal-hold-set" && typeof by === "string" && typeof reason === "string")
      retention = { ...retention, hold: { by, reason } };
    if (type === "legal-hold-lifted") retention = { ...retention, hold: null };
    if (type === "incident-shredded") retention = { ...retention, shreddedAtMs: atMs };
  }
  return retention;
}

/** Phases in which a plan's cohorts may be asked for again by the next bundle. */
const inUse: ReadonlySet<PlanPhase> = new Set(["approved", "in-force", "lift-proposed", "lift-approved"]);

/** What forbids that the personal data of an incident goes now; empty when nothing does. */
export function reasonsToKeep(incident: Incident, retention: Retention, nowMs: number): readonly string[] {
  const reasons: string[] = [];
  const { days, hold } = retention;
  const closed = incident.stageMoves.findLast((move) => move.to === "closed");
  const closedAtMs = incident.stage === "closed" ? (closed?.atMs ?? incident.allClear?.atMs ?? null) : null;
  if (hold !== null) reasons.push(`a legal hold by ${hold.by} stands: ${hold.reason}`);
  if (closedAtMs === null) reasons.push("the incident is not closed");
  if (days === null) reasons.push("no retention was set");
  if (closedAtMs !== null && days !== null && nowMs < closedAtMs + days * dayMs)
    reasons.push(`it is kept until ${new Date(closedAtMs + days * dayMs).toISOString()}`);
  const plans = incident.plans.filter((plan) => inUse.has(plan.phase));
  if (plans.length > 0)
    reasons.push(`measures are in force: ${plans.map(({ planId }) => planId).join(", ")}`);
  return reasons;
}
