import type { BundlePutInForce, IncidentEvent } from "./event.ts";
import type { ClaimState, Incident, NoticeState, PlanState } from "./incident.ts";

/**
 * The incident after an event that was recorded at `atMs`; null before it was opened. Never throws: an event about
 * something that is no longer there, because its event was erased, changes nothing.
 */
export function evolve(incident: Incident | null, event: IncidentEvent, atMs: number): Incident | null {
  if (event.type === "incident-opened")
    return opened(event.data.incidentId, event.data.title, event.data.by, atMs);
  if (incident === null) return null;
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
      const { statement, because, name, by } = event.data;
      return { ...incident, decisions: [...incident.decisions, { statement, because, name, by, atMs }] };
    }
    case "plan-drafted":
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
    case "all-clear-given":
      return { ...incident, allClear: { by: event.data.by, atMs } };
  }
}

function opened(incidentId: string, title: string, by: string, atMs: number): Incident {
  return {
    incidentId,
    title,
    opened: { by, atMs },
    answers: new Map(),
    assumptions: [],
    claims: [],
    decisions: [],
    plans: [],
    notices: [],
    allClear: null,
  };
}

type PlanEvent = Extract<
  IncidentEvent,
  { type: "plan-drafted" | "plan-approved" | "lift-proposed" | "lift-approved" }
>;

function evolvePlans(plans: readonly PlanState[], event: PlanEvent, atMs: number): readonly PlanState[] {
  const step = { by: event.data.by, atMs };
  if (event.type === "plan-drafted") {
    const { planId, measures } = event.data;
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
    };
    return [...plans, drafted];
  }
  return plans.map((plan): PlanState => {
    if (plan.planId !== event.data.planId) return plan;
    switch (event.type) {
      case "plan-approved":
        return { ...plan, phase: "approved", approved: step };
      case "lift-proposed":
        return { ...plan, phase: "lift-proposed", liftProposed: step };
      case "lift-approved":
        return { ...plan, phase: "lift-approved", liftApproved: step };
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
  if (plan.phase !== "approved" || held === undefined) return plan;
  const inForce = { bundleVersion: bundle.version, atMs, cutoff: held.cutoff, cohorts: held.cohorts };
  return { ...plan, phase: "in-force", inForce };
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
