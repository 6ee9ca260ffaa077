import type * as contract from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import {
  unfinished,
  type AnswerState,
  type ClaimState,
  type Incident,
  type IncidentEvent,
} from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { breakGlassView } from "./approval-view.ts";
import { dutySummaries } from "./duty-view.ts";
import { attachmentViewOf, noteViewOf, riskViewOf, taskViewOf } from "./lifecycle-view.ts";
import { viewOf as noticeViewOf } from "./notice-view.ts";
import { viewOf as planViewOf } from "./plan-view.ts";
import { retentionView } from "./retention-view.ts";
import { signedOrNull, signedView } from "./signed-view.ts";

/** An incident as the API tells it: without account ids. */
export async function incidentView(plane: Plane, incident: Incident): Promise<contract.Incident> {
  return {
    id: incident.incidentId,
    title: incident.title,
    status: incident.allClear === null ? "open" : "all-clear",
    opened: signedView(incident.opened),
    stage: incident.stage,
    severity: incident.severity,
    stageMoves: incident.stageMoves.map((move) => {
      const { from, to, because } = move;
      return { from, to, because, ...signedView(move) };
    }),
    people: Object.fromEntries([...incident.people].map(([person, roles]) => [person, [...roles]])),
    notes: incident.notes.map(noteViewOf),
    tasks: incident.tasks.map(taskViewOf),
    attachments: incident.attachments.map(attachmentViewOf),
    answers: [...incident.answers.values()].map(answerSummary),
    assumptions: incident.assumptions.map(({ atMs, ...rest }) => ({ ...rest, at: formatInstant(atMs) })),
    claims: incident.claims.map((claim) => claimViewOf(incident, claim)),
    decisions: incident.decisions.map(({ statement, because, name, by, atMs }) => ({
      statement,
      because,
      name,
      by,
      at: formatInstant(atMs),
    })),
    riskDecisions: incident.riskDecisions.map((one) => riskViewOf(incident, one)),
    breakGlass: incident.breakGlass.map(breakGlassView),
    plans: incident.plans.map((plan) => planViewOf(plane, plan)),
    notices: await Promise.all(incident.notices.map((notice) => noticeViewOf(plane, incident, notice))),
    duties: dutySummaries(plane, incident),
    allClearCriteria: criteriaView(incident),
    allClear: signedOrNull(incident.allClear),
    retention: retentionView(incident, plane.clock()),
    unfinished: incident.allClear === null ? unfinished(incident, plane.clock()) : [],
  };
}

function criteriaView({ allClearCriteria }: Incident): contract.Incident["allClearCriteria"] {
  if (allClearCriteria === null) return null;
  const { criteria, set } = allClearCriteria;
  const limits = criteria.limits.map((limit) => ({ ...limit }));
  return { criteria: { ...criteria, limits }, set: signedView(set) };
}

function answerSummary(state: AnswerState): contract.AnswerSummary {
  const { answer } = state;
  return {
    answerDigest: state.answerDigest,
    questionDigest: state.questionDigest,
    evidenceDigest: state.evidenceDigest,
    evidence: state.folder,
    asked: signedView(state.asked),
    accounts: { ...answer.accounts },
    dataClasses: dataClasses(answer),
    complete: answer.coverage.complete,
    assumptions: [...answer.assumptions],
  };
}

function dataClasses(said: Pick<ClaimState, "dataClasses">): contract.DataClasses {
  const { accessed, notAccessed, unknown } = said.dataClasses;
  return { accessed: [...accessed], notAccessed: [...notAccessed], unknown: [...unknown] };
}

function claimViewOf(incident: Incident, claim: ClaimState): contract.Claim {
  const position = incident.claims.indexOf(claim);
  const later = incident.claims.find((one, i) => i > position && one.questionDigest === claim.questionDigest);
  return {
    id: claim.claimId,
    answerDigest: claim.answerDigest,
    questionDigest: claim.questionDigest,
    made: signedView(claim.made),
    accounts: { ...claim.accounts },
    dataClasses: dataClasses(claim),
    window: { ...claim.window },
    holds: claim.contradicted === null,
    contradictedBy: claim.contradicted?.answerDigest ?? null,
    replacedBy: later?.claimId ?? null,
  };
}

/** The claim that an event made. */
export function claimView(incident: Incident, event: IncidentEvent): contract.Claim {
  const claim =
    event.type === "claim-made"
      ? incident.claims.find((one) => one.claimId === event.data.claimId)
      : undefined;
  if (claim === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", "the claim is no longer on record");
  return claimViewOf(incident, claim);
}

/** The assumption that an event accepted. */
export function assumptionView(incident: Incident, event: IncidentEvent): contract.AcceptedAssumption {
  const found =
    event.type === "assumption-accepted"
      ? incident.assumptions.find(
          (one) => one.answerDigest === event.data.answerDigest && one.assumption === event.data.assumption,
        )
      : undefined;
  if (found === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", "the assumption is no longer on record");
  const { atMs, ...rest } = found;
  return { ...rest, at: formatInstant(atMs) };
}

/** The decision that an event recorded. */
export function decisionView(incident: Incident, event: IncidentEvent): contract.Decision {
  const found =
    event.type === "decision-recorded"
      ? incident.decisions.findLast(
          (one) => one.statement === event.data.statement && one.by === event.data.by,
        )
      : undefined;
  if (found === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", "the decision is no longer on record");
  const { atMs, ...rest } = found;
  return { ...rest, at: formatInstant(atMs) };
}
