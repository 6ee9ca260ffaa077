import { standingClaims, type Incident, type PlanState } from "./incident.ts";
import { riskFaults } from "./risk/risk-decision.ts";
import { isUnderWay } from "./run/run-state.ts";
import { aheadOf } from "./wave.ts";

/** What stands between now and the all clear, one sentence each; empty when nothing does. Drafts bind nobody. */
export function unfinished(incident: Incident, nowMs: number): string[] {
  return [
    ...openClaims(incident),
    ...incident.plans.flatMap((plan) => openPlan(plan, nowMs)),
    ...openNotices(incident),
    ...openWork(incident),
  ];
}

function openClaims(incident: Incident): string[] {
  const claims = standingClaims(incident);
  if (claims.length === 0) return ["nothing is claimed yet"];
  return claims.flatMap((claim) =>
    claim.contradicted === null
      ? []
      : [`claim \`${claim.claimId}\` no longer holds: ${claim.contradicted.because}`],
  );
}

/** What people still owe the incident. */
function openWork(incident: Incident): string[] {
  return [
    ...incident.tasks.flatMap((task) =>
      task.finished === null ? [`task \`${task.taskId}\` is not finished`] : [],
    ),
    ...incident.breakGlass.flatMap(({ planId, by, review }) =>
      review === null ? [`\`${by}\` broke the glass for plan \`${planId}\`, and nobody has reviewed it`] : [],
    ),
    ...incident.riskDecisions.flatMap(({ decisionId, claimIds }) =>
      toldLast(incident, decisionId)
        ? riskFaults(incident, claimIds).map((fault) => `decision \`${decisionId}\` was told, but ${fault}`)
        : [],
    ),
  ];
}

/** Whether the last notice says a decision: what a later one left out is told no longer. */
function toldLast(incident: Incident, decisionId: string): boolean {
  const last = incident.notices.findLast((notice) => notice.phase !== "drafted");
  const signed = incident.decisions.find((one) => one.riskDecisionId === decisionId);
  return (
    signed !== undefined &&
    last?.factSheet.decisions.some((one) => one.statement === signed.statement) === true
  );
}

function openPlan(plan: PlanState, nowMs: number): string[] {
  const { run } = plan;
  if (run !== null && plan.phase === "in-force" && run.phase !== "completed")
    return [`the run of plan \`${plan.planId}\` is ${run.phase}`];
  if (run !== null && run.needsBundle && isUnderWay(run))
    return [`the run of plan \`${plan.planId}\` is ${run.phase} and not yet in force`];
  switch (plan.phase) {
    case "approved":
      return [`plan \`${plan.planId}\` is approved and not yet in force`];
    case "lift-proposed":
      return [`the lift of plan \`${plan.planId}\` waits for its approval`];
    case "lift-approved":
      return [`plan \`${plan.planId}\` is to be lifted and still in force`];
    case "in-force": {
      const inForce = plan.inForce;
      if (inForce === null) return [];
      // Of a completed run every wave is open, whatever its rollouts say.
      if (run !== null)
        return run.needsBundle ? [`the end of the run of plan \`${plan.planId}\` is not yet in force`] : [];
      return plan.measures.flatMap((measure) => aheadOf(measure, inForce.cutoff, nowMs) ?? []);
    }
    case "drafted":
    case "lifted":
      return [];
  }
}

function openNotices(incident: Incident): string[] {
  const last = incident.notices.findLast((notice) => notice.phase !== "drafted");
  if (last === undefined) return ["nobody has been told yet"];
  if (last.phase === "approved") return [`notice \`${last.noticeId}\` is still being sent`];
  if (last.phase === "stopped")
    return [`notice \`${last.noticeId}\` was stopped and nothing was sent in its place`];
  // Claims made after the last notice have reached nobody.
  const told = new Set(last.factSheet.claims.map((claim) => claim.claimId));
  return standingClaims(incident).flatMap((claim) =>
    told.has(claim.claimId) ? [] : [`nobody has been told of claim \`${claim.claimId}\``],
  );
}
