import { evolveApproval, withPlan } from "./approval/evolve-approval.ts";
import { newDutyLog } from "./duties/duty-state.ts";
import { evolveDuty } from "./duties/evolve-duty.ts";
import type { BundlePutInForce, IncidentEvent } from "./event.ts";
import type { ClaimState, Incident, NoticeState, PlanState } from "./incident.ts";
import { evolveLifecycle, moved } from "./lifecycle/evolve-lifecycle.ts";
import { newLifecycle } from "./lifecycle/lifecycle-state.ts";
import { evolveRetention, voidAskedShred } from "./retention/evolve-retention.ts";
import { newRetention } from "./retention/retention-state.ts";
import { evolveRun, runInBundle } from "./run/evolve-run.ts";
import { isUnderWay, newRun } from "./run/run-state.ts";

/**
 * The incident after an event that was recorded at `atMs`; null before it was opened. Never throws: an event about
 * something that is no longer there, because its event was erased, changes nothing.
 */
export function evolve(incident: Incident | null, event: IncidentEvent, atMs: number): Incident | null {
  if (event.type === "incident-opened")
    return opened(event.data.incidentId, event.data.title, event.data.by, atMs);
  return incident === null ? null : voidAskedShred(after(incident, event, atMs), event.type);
}

function after(
  incident: Incident,
  event: Exclude<IncidentEvent, { type: "incident-opened" }>,
  atMs: number,
): Incident {
  switch (event.type) {
    case "evidence-recorded":
    case "question-asked":
      // Kept for the record; the answer repeats what the state needs of them.
      return incident;
    case "answer-recorded": {
      const answer = { ...event.data, asked: { by: event.data.by, atMs } };
      return { ...incident, answers: new Map([...incident.answers, [event.data.answerDigest, answer]]) };
    }
    case "assumption-accepted": {
      const { answerDigest, assumption, name, by } = event.data;
      return {
        ...incident,
        assumptions: [...incident.assumptions, { answerDigest, assumption, name, by, atMs }],
      };
    }
    case "claim-made": {
      const { by, claimId, answerDigest, questionDigest, accounts, dataClasses, window } = event.data;
      const said = { claimId, answerDigest, questionDigest, accounts, dataClasses, window };
      const claim: ClaimState = { ...said, made: { by, atMs }, contradicted: null };
      return { ...incident, claims: [...incident.claims, claim] };
    }
    case "claim-contradicted": {
      const { claimId, answerDigest, because } = event.data;
      const claims = incident.claims.map((claim) =>
        claim.claimId === claimId && claim.contradicted === null
          ? { ...claim, contradicted: { answerDigest, because, atMs } }
          : claim,
      );
      return { ...incident, claims };
    }
    case "decision-recorded": {
      const { statement, because, name, by, riskDecisionId } = event.data;
      const words = { statement, because, name, by, atMs };
      const decision = riskDecisionId === undefined ? words : { ...words, riskDecisionId };
      return { ...incident, decisions: [...incident.decisions, decision] };
    }
    case "plan-drafted":
    case "plan-edited":
    case "plan-approved":
    case "lift-proposed":
    case "lift-approved":
      return { ...incident, plans: evolvePlans(incident.plans, event, atMs) };
    case "bundle-in-force":
      return {
        ...incident,
        plans: incident.plans.map((plan) => publish(plan, incident.incidentId, event.data, atMs)),
      };
    case "notice-drafted":
    case "notice-manifest":
    case "notice-approved":
    case "notice-stopped":
    case "notice-completed":
      return { ...incident, notices: evolveNotices(incident.notices, event, atMs) };
    case "all-clear-given": {
      const step = { by: event.data.by, atMs };
      const because = "the all clear was given";
      return { ...moved(incident, { ...step, from: incident.stage, to: "closed", because }), allClear: step };
    }
    case "all-clear-criteria-set": {
      const { by, criteria } = event.data;
      return { ...incident, allClearCriteria: { criteria, set: { by, atMs } } };
    }
    case "no-increased-risk-stated": {
      const { by, decisionId, statement, because, claimIds, digest } = event.data;
      const said = { decisionId, statement, because, claimIds, digest };
      const decision = { ...said, stated: { by, atMs }, signed: null };
      return { ...incident, riskDecisions: [...incident.riskDecisions, decision] };
    }
    case "no-increased-risk-signed": {
      const { by, decisionId, name } = event.data;
      const riskDecisions = incident.riskDecisions.map((one) =>
        one.decisionId === decisionId ? { ...one, signed: { by, atMs, name } } : one,
      );
      return { ...incident, riskDecisions };
    }
    case "stage-moved":
    case "incident-reopened":
    case "severity-set":
    case "role-granted":
    case "role-revoked":
    case "note-added":
    case "task-added":
    case "task-finished":
    case "file-attached":
      return evolveLifecycle(incident, event, atMs);
    case "approval-asked":
    case "approval-given":
    case "approval-declined":
    case "glass-broken":
    case "glass-reviewed":
      return evolveApproval(incident, event, atMs);
    case "run-started":
    case "run-promoted":
    case "run-advanced":
    case "run-paused":
    case "run-resumed":
    case "run-extended":
    case "run-completed":
      return withPlan(incident, event.data.planId, (plan) => evolveRun(plan, event, atMs));
    case "duty-markets-set":
    case "duty-event-recorded":
    case "duty-done":
    case "duty-waived":
    case "duty-reopened":
    case "duty-extended":
    case "duty-tolled":
    case "duty-due-soon":
    case "duty-overdue":
      return evolveDuty(incident, event, atMs);
    case "retention-set":
    case "legal-hold-set":
    case "legal-hold-lifted":
    case "shred-asked":
    case "shred-approved":
    case "shred-declined":
    case "incident-shredded":
    case "shred-completed":
      return evolveRetention(incident, event, atMs);
  }
}

function opened(incidentId: string, title: string, by: string, atMs: number): Incident {
  return {
    ...newLifecycle,
    incidentId,
    title,
    opened: { by, atMs },
    answers: new Map(),
    assumptions: [],
    claims: [],
    decisions: [],
    plans: [],
    notices: [],
    riskDecisions: [],
    breakGlass: [],
    duties: newDutyLog,
    retention: newRetention,
    allClearCriteria: null,
    allClear: null,
  };
}

type PlanEvent = Extract<
  IncidentEvent,
  { type: "plan-drafted" | "plan-edited" | "plan-approved" | "lift-proposed" | "lift-approved" }
>;

function evolvePlans(plans: readonly PlanState[], event: PlanEvent, atMs: number): readonly PlanState[] {
  const step = { by: event.data.by, atMs };
  if (event.type === "plan-drafted") {
    const { planId, measures, terms = null } = event.data;
    const drafted: PlanState = {
      planId,
      phase: "drafted",
      measures,
      drafted: step,
      approved: null,
      liftProposed: null,
      liftApproved: null,
      inForce: null,
      liftedInBundle: null,
      revision: 1,
      authors: [event.data.by],
      asked: null,
      reachAccounts: null,
      terms,
      run: terms === null ? null : newRun,
    };
    return [...plans, drafted];
  }
  return plans.map((plan): PlanState => {
    if (plan.planId !== event.data.planId) return plan;
    switch (event.type) {
      case "plan-edited": {
        const { measures, terms } = event.data;
        const edited = { measures, terms, run: terms === null ? null : newRun };
        const authors = plan.authors.includes(step.by) ? plan.authors : [...plan.authors, step.by];
        // INVARIANT: an edit leaves nothing of what was approved before.
        const unapproved = { asked: null, approved: null, reachAccounts: null };
        return { ...plan, ...edited, ...unapproved, authors, revision: plan.revision + 1 };
      }
      case "plan-approved": {
        const asked = plan.asked === null ? null : { ...plan.asked, granted: step };
        // A run waits for its start; a plan without one is put in force by the next bundle.
        if (plan.run !== null)
          return { ...plan, asked, approved: step, run: { ...plan.run, phase: "approved" } };
        return { ...plan, phase: "approved", asked, approved: step };
      }
      case "lift-proposed":
        return { ...plan, phase: "lift-proposed", liftProposed: step };
      case "lift-approved":
        return {
          ...plan,
          phase: "lift-approved",
          liftApproved: step,
          asked: plan.asked?.act === "lift" ? { ...plan.asked, granted: step } : plan.asked,
          run:
            plan.run !== null && isUnderWay(plan.run)
              ? { ...plan.run, phase: "rolled-back", rolledBack: step }
              : plan.run,
        };
    }
  });
}

function publish(plan: PlanState, incidentId: string, bundle: BundlePutInForce, atMs: number): PlanState {
  const same = (one: { incidentId: string; planId: string }) =>
    one.incidentId === incidentId && one.planId === plan.planId;
  if (plan.phase === "lift-approved" && bundle.lifted.some(same)) {
    return { ...plan, phase: "lifted", liftedInBundle: bundle.version };
  }
  const held = bundle.plans.find(same);
  if (held === undefined) return plan;
  const run = plan.run === null ? null : runInBundle(plan.run, held, atMs);
  if (plan.phase !== "approved") return run === plan.run ? plan : { ...plan, run };
  const inForce = { bundleVersion: bundle.version, atMs, cutoff: held.cutoff, cohorts: held.cohorts };
  return { ...plan, phase: "in-force", inForce, run };
}

type NoticeEvent = Extract<
  IncidentEvent,
  { type: "notice-drafted" | "notice-manifest" | "notice-approved" | "notice-stopped" | "notice-completed" }
>;

function evolveNotices(
  notices: readonly NoticeState[],
  event: NoticeEvent,
  atMs: number,
): readonly NoticeState[] {
  if (event.type === "notice-drafted") {
    const { noticeId, edition, factSheet, factSheetDigest, affected, by } = event.data;
    const drafted: NoticeState = {
      noticeId,
      edition,
      phase: "drafted",
      factSheet,
      factSheetDigest,
      affected,
      manifest: null,
      drafted: { by, atMs },
      approved: null,
      stopped: null,
      completed: null,
    };
    return [...notices, drafted];
  }
  return notices.map((notice): NoticeState => {
    if (notice.noticeId !== event.data.noticeId) return notice;
    switch (event.type) {
      case "notice-manifest":
        return { ...notice, manifest: event.data };
      case "notice-approved":
        return { ...notice, phase: "approved", approved: { by: event.data.by, atMs } };
      case "notice-stopped":
        return { ...notice, phase: "stopped", stopped: { because: event.data.because, atMs } };
      case "notice-completed": {
        const { affected, everybodyElse } = event.data;
        return { ...notice, phase: "sent", completed: { affected, everybodyElse } };
      }
    }
  });
}
