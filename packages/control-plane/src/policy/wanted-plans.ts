import { canonicalJson } from "@cordon/model";
import type { Incident, PlanPhase, PlanState } from "@cordon/response";
import type { IncidentRecord } from "../record/incident-record.ts";

export interface OwnedPlan {
  readonly incident: Incident;
  readonly plan: PlanState;
}

/** Phases in which a plan's measures belong into the next bundle. Of a plan with terms, `approved` begins with its run. */
const wanted: ReadonlySet<PlanPhase> = new Set(["approved", "in-force", "lift-proposed"]);

function plansIn(record: IncidentRecord, belongs: (plan: PlanState) => boolean): OwnedPlan[] {
  return record
    .incidents()
    .flatMap((incident) => incident.plans.filter(belongs).map((plan) => ({ incident, plan })));
}

/** Plans whose measures the next bundle holds. */
export function plansWanted(record: IncidentRecord): OwnedPlan[] {
  return plansIn(record, ({ phase }) => wanted.has(phase));
}

/** Plans that the next bundle takes back. */
export function plansToLift(record: IncidentRecord): OwnedPlan[] {
  return plansIn(record, ({ phase }) => phase === "lift-approved");
}

/** Plans that wait for a bundle: to come in, to be taken back, or for the next step of their run. */
export function plansWaiting(record: IncidentRecord): OwnedPlan[] {
  return plansIn(
    record,
    ({ phase, run }) =>
      phase === "approved" ||
      phase === "lift-approved" ||
      (wanted.has(phase) && run !== null && run.needsBundle),
  );
}

/** What the next bundle is of, in one text: as long as it is the same, a bundle that was built for it still is the next. */
export function wantedText(record: IncidentRecord): string {
  return canonicalJson({
    plans: plansWanted(record).map(({ incident, plan }) => ({
      incidentId: incident.incidentId,
      planId: plan.planId,
      step: plan.run?.step ?? null,
    })),
    lifted: plansToLift(record).map(({ plan }) => plan.planId),
  });
}
