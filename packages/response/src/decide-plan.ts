import type { DecisionContext, IncidentCommand } from "./command.ts";
import { ResponseError } from "./errors.ts";
import type { IncidentEvent } from "./event.ts";
import type { Incident, PlanState } from "./incident.ts";
import { answersOf, type Cohort, type Measure } from "./measure.ts";
import { canarySuffix, checkTerms, type PlanTerms } from "./run/plan-terms.ts";

type DraftPlan = Extract<IncidentCommand, { kind: "draft-plan" }>;
type EditPlan = Extract<IncidentCommand, { kind: "edit-plan" }>;

/** Throws ERR_PLAN_UNKNOWN. */
export function planOf(incident: Incident, planId: string): PlanState {
  const plan = incident.plans.find((one) => one.planId === planId);
  if (plan === undefined)
    throw new ResponseError("ERR_PLAN_UNKNOWN", [`\`${incident.incidentId}\` has no plan \`${planId}\``]);
  return plan;
}

function requireDraft(plan: PlanState): void {
  if (plan.phase === "drafted") return;
  throw new ResponseError("ERR_PLAN_STATE", [
    `plan \`${plan.planId}\` is ${plan.phase}, an edit needs one that is drafted`,
  ]);
}

export function draftPlan(incident: Incident, command: DraftPlan, context: DecisionContext): IncidentEvent[] {
  const { planId, measures, terms = null } = command;
  checkDraft(incident, command, terms, context);
  const data = { by: context.operator, planId, measures };
  return [{ type: "plan-drafted", data: terms === null ? data : { ...data, terms } }];
}

/** INVARIANT: only a draft is edited, and what was approved of it is approved no longer (evolve). */
export function editPlan(incident: Incident, command: EditPlan, context: DecisionContext): IncidentEvent[] {
  const { planId, measures, terms } = command;
  requireDraft(planOf(incident, planId));
  checkDraft(incident, command, terms, context);
  return [{ type: "plan-edited", data: { by: context.operator, planId, measures, terms } }];
}

function checkDraft(
  incident: Incident,
  { planId, measures }: DraftPlan | EditPlan,
  terms: PlanTerms | null,
  context: DecisionContext,
): void {
  refuseTaken(planId, measures, context);
  for (const measure of measures) checkMeasure(incident, measure);
  if (terms === null) return;
  checkTerms(measures, terms, context.nowMs);
  requireAnswers(incident, "the canary", terms.canary.cohort);
  if (terms.exempt !== null) requireAnswers(incident, "the exemption", terms.exempt);
}

function checkMeasure(incident: Incident, measure: Measure): void {
  if (measure.cohort !== undefined) requireAnswers(incident, `\`${measure.id}\``, measure.cohort);
  // Contracts 4: sessions that may be in an intruder's hands never wait for a wave.
  if ("because" in measure && measure.because === "exposure" && measure.rollout !== undefined) {
    throw new ResponseError("ERR_MEASURE_EXPOSURE_WAITS", [
      `\`${measure.id}\` is because of exposure, so it can't wait for waves`,
    ]);
  }
}

function requireAnswers(incident: Incident, what: string, cohort: Cohort): void {
  for (const digest of answersOf(cohort)) {
    const answer = incident.answers.get(digest);
    if (answer === undefined) {
      throw new ResponseError("ERR_ANSWER_UNKNOWN", [
        `${what} is for the accounts of \`${digest}\`, which is no answer of this incident`,
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
}

/** A rule's id decides its waves and names it at enforcement points, so it belongs to one approved plan for ever. */
export function refuseTaken(planId: string, measures: readonly Measure[], context: DecisionContext): void {
  const seen = new Set<string>();
  for (const { id } of measures) {
    // A canary has a rule of its own beside its measure's.
    const owner = [id, `${id}${canarySuffix}`, withoutCanary(id)]
      .map((one) => context.takenMeasures.get(one))
      .find((one) => one !== undefined && one !== planId);
    if (owner !== undefined) {
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

function withoutCanary(id: string): string {
  return id.endsWith(canarySuffix) ? id.slice(0, -canarySuffix.length) : id;
}
