import type { DecisionContext, IncidentCommand } from "./command.ts";
import { ResponseError } from "./errors.ts";
import type { IncidentEvent } from "./event.ts";
import type { Incident, PlanPhase, PlanState } from "./incident.ts";
import { answersOf, type Measure } from "./measure.ts";

type DraftPlan = Extract<IncidentCommand, { kind: "draft-plan" }>;

function planOf(incident: Incident, planId: string): PlanState {
  const plan = incident.plans.find((one) => one.planId === planId);
  if (plan === undefined)
    throw new ResponseError("ERR_PLAN_UNKNOWN", [`\`${incident.incidentId}\` has no plan \`${planId}\``]);
  return plan;
}

function requirePhase(plan: PlanState, phase: PlanPhase, command: string): void {
  if (plan.phase === phase) return;
  throw new ResponseError("ERR_PLAN_STATE", [
    `plan \`${plan.planId}\` is ${plan.phase}, ${command} needs one that is ${phase}`,
  ]);
}

export function draftPlan(incident: Incident, command: DraftPlan, context: DecisionContext): IncidentEvent[] {
  const { planId, measures } = command;
  refuseTaken(planId, measures, context);
  for (const measure of measures) checkMeasure(incident, measure);
  return [{ type: "plan-drafted", data: { by: context.operator, planId, measures } }];
}

function checkMeasure(incident: Incident, measure: Measure): void {
  for (const digest of measure.cohort === undefined ? [] : answersOf(measure.cohort)) {
    const answer = incident.answers.get(digest);
    if (answer === undefined) {
      throw new ResponseError("ERR_ANSWER_UNKNOWN", [
        `\`${measure.id}\` is for the accounts of \`${digest}\`, which is no answer of this incident`,
      ]);
    }
    if (answer.accountIds === null) {
      throw new ResponseError(
        "ERR_ANSWER_UNKNOWN",
        [`the answer \`${digest}\` names more accounts than are kept`],
        "use a directory cohort",
      );
    }
  }
  // Contracts 4: sessions that may be in an intruder's hands never wait for a wave.
  if ("because" in measure && measure.because === "exposure" && measure.rollout !== undefined) {
    throw new ResponseError("ERR_MEASURE_EXPOSURE_WAITS", [
      `\`${measure.id}\` is because of exposure, so it can't wait for waves`,
    ]);
  }
}

/** A rule's id decides its waves and names it at enforcement points, so it belongs to one approved plan for ever. */
function refuseTaken(planId: string, measures: readonly Measure[], context: DecisionContext): void {
  const seen = new Set<string>();
  for (const { id } of measures) {
    const owner = context.takenMeasures.get(id);
    if (owner !== undefined && owner !== planId) {
      throw new ResponseError(
        "ERR_MEASURE_TAKEN",
        [`plan \`${owner}\` has a measure \`${id}\``],
        "give it another id",
      );
    }
    if (seen.has(id))
      throw new ResponseError(
        "ERR_MEASURE_TAKEN",
        [`the plan has two measures \`${id}\``],
        "give each its own id",
      );
    seen.add(id);
  }
}

export function approvePlan(incident: Incident, planId: string, context: DecisionContext): IncidentEvent[] {
  const plan = planOf(incident, planId);
  requirePhase(plan, "drafted", "approval");
  // INVARIANT: no measure comes into force without a second person.
  if (plan.drafted.by === context.operator) {
    throw new ResponseError("ERR_OWN_APPROVAL", [
      `\`${context.operator}\` drafted plan \`${planId}\`, so somebody else must approve it`,
    ]);
  }
  refuseTaken(planId, plan.measures, context);
  return [{ type: "plan-approved", data: { by: context.operator, planId } }];
}

export function proposeLift(incident: Incident, planId: string, context: DecisionContext): IncidentEvent[] {
  requirePhase(planOf(incident, planId), "in-force", "lifting");
  return [{ type: "lift-proposed", data: { by: context.operator, planId } }];
}

export function approveLift(incident: Incident, planId: string, context: DecisionContext): IncidentEvent[] {
  const plan = planOf(incident, planId);
  requirePhase(plan, "lift-proposed", "approving a lift");
  // INVARIANT: no measure is taken back without a second person.
  if (plan.liftProposed?.by === context.operator) {
    throw new ResponseError("ERR_OWN_APPROVAL", [
      `\`${context.operator}\` proposed to lift plan \`${planId}\`, so somebody else must approve it`,
    ]);
  }
  return [{ type: "lift-approved", data: { by: context.operator, planId } }];
}
