import { standingClaims, type Incident, type PlanState } from "./incident.ts";
import { aheadOf } from "./wave.ts";

/** What stands between now and the all clear, one sentence each; empty when nothing does. Drafts bind nobody. */
export function unfinished(incident: Incident, nowMs: number): string[] {
  return [
    ...openClaims(incident),
    ...incident.plans.flatMap((plan) => openPlan(plan, nowMs)),
    ...openNotices(incident),
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

function openPlan(plan: PlanState, nowMs: number): string[] {
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
