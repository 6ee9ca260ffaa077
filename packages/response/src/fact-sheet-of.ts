import { formatInstant } from "@cordon/model";
import type { Contradictable } from "./contradiction.ts";
import { notNeeded, type ClaimFacts, type FactSheet, type MeasureFacts, type Sender } from "./fact-sheet.ts";
import {
  measuresInForce,
  plansInForce,
  standingClaims,
  type AnswerState,
  type Incident,
} from "./incident.ts";
import type { Measure } from "./measure.ts";
import { standingRiskDecisions } from "./risk/risk-decision.ts";

/** What an answer says that a later one could contradict. */
export function saidBy(answer: AnswerState): Contradictable {
  const { accounts, dataClasses } = answer.answer;
  return { accounts, dataClasses, accountIds: answer.accountIds };
}

/** The fact sheet of an incident as it stands: the newest claim on each question, and the measures that are in force. */
export function factSheetOf(incident: Incident, sender: Sender, nowMs: number): FactSheet {
  const claims = standingClaims(incident).flatMap(({ claimId, answerDigest }) => {
    const answer = incident.answers.get(answerDigest);
    return answer === undefined ? [] : [claimFacts(claimId, answer)];
  });
  const claimed = new Set(claims.map((claim) => claim.answerDigest));
  const measures = plansInForce(incident).flatMap((plan) =>
    measuresInForce(plan).map((measure) => ({
      planId: plan.planId,
      measure,
      concerns: concerns(measure, claimed),
    })),
  );
  const signed = standingRiskDecisions(incident);
  // What was signed on a claim that fell, or that another has replaced, is not told any more.
  const decisions = incident.decisions.filter(
    ({ riskDecisionId }) => riskDecisionId === undefined || signed.has(riskDecisionId),
  );
  return {
    reference: incident.incidentId,
    asOf: formatInstant(nowMs),
    claims,
    decisions: decisions.map(({ statement, because, name }) => ({ statement, because, name })),
    measures,
    notNeeded: notNeeded(measures),
    sender,
  };
}

function claimFacts(claimId: string, state: AnswerState): ClaimFacts {
  const { answer } = state;
  return {
    claimId,
    answerDigest: state.answerDigest,
    window: state.window,
    accounts: answer.accounts,
    named: (state.accountIds ?? answer.accountIds).length,
    dataClasses: answer.dataClasses,
    firstAccess: answer.firstAccess,
    lastAccess: answer.lastAccess,
    coverageComplete: answer.coverage.complete,
    effects: answer.effects,
    assumptions: answer.assumptions,
  };
}

/**
 * Whom a measure concerns, as one message to all can say it: everybody, the people a claim names, or some whom the text
 * can't tell apart. A platform can be named in the text; a store is told apart only by upgrade and refuse_client.
 */
function concerns(measure: Measure, claimed: ReadonlySet<string>): MeasureFacts["concerns"] {
  const { cohort } = measure;
  if (cohort !== undefined && "answer" in cohort && claimed.has(cohort.answer)) return "affected";
  if (cohort !== undefined && !("everyone" in cohort)) return "certain";
  const namesStores = measure.measure === "upgrade" || measure.measure === "refuse_client";
  return measure.where?.store !== undefined && !namesStores ? "certain" : "everyone";
}
