import type { Incident, PlanState } from "../incident.ts";
import type { ApprovalEventData } from "./approval-event.ts";
import type { AskedApproval, BreakGlass } from "./approval-state.ts";

type ApprovalEvent = {
  readonly [T in keyof ApprovalEventData]: { readonly type: T; readonly data: ApprovalEventData[T] };
}[keyof ApprovalEventData];

export function evolveApproval(incident: Incident, event: ApprovalEvent, atMs: number): Incident {
  const by = event.data.by;
  switch (event.type) {
    case "glass-broken": {
      const { planId, digest, because, approvalsHad, approvalsNeeded, reviewBy } = event.data;
      const count = { approvalsHad, approvalsNeeded };
      const broken: BreakGlass = { by, atMs, planId, digest, because, ...count, reviewBy, review: null };
      return { ...incident, breakGlass: [...incident.breakGlass, broken] };
    }
    case "glass-reviewed": {
      const { digest, justified, because } = event.data;
      const breakGlass = incident.breakGlass.map((one) =>
        one.digest === digest ? { ...one, review: { by, atMs, justified, because } } : one,
      );
      return { ...incident, breakGlass };
    }
    case "approval-asked":
      return withPlan(incident, event.data.planId, (plan) => asked(plan, event.data, atMs));
    case "approval-given": {
      const { digest, signature } = event.data;
      return withAsked(incident, event.data.planId, digest, (act) => ({
        ...act,
        approvals: [...act.approvals, { by, atMs, signature }],
      }));
    }
    case "approval-declined": {
      const { planId, digest, because } = event.data;
      const after = withAsked(incident, planId, digest, (act) => ({
        ...act,
        declined: { by, atMs, because },
      }));
      // A lift that was declined leaves the measures as they are.
      return withPlan(after, planId, (plan) =>
        plan.asked?.digest === digest && plan.asked.act === "lift" && plan.phase === "lift-proposed"
          ? { ...plan, phase: "in-force", liftProposed: null }
          : plan,
      );
    }
  }
}

function asked(plan: PlanState, data: ApprovalEventData["approval-asked"], atMs: number): PlanState {
  const { act, digest, reachAccounts, directoryAsOf, because, extension, authors, by } = data;
  const waiting: AskedApproval = {
    act,
    digest,
    reachAccounts,
    directoryAsOf,
    because,
    extension,
    asked: { by, atMs },
    authors,
    approvals: [],
    declined: null,
    granted: null,
  };
  const next = { ...plan, asked: waiting, revision: plan.revision + 1 };
  if (act !== "plan") return next;
  // Asked again, an approval that was granted is void.
  const run = plan.run === null ? null : { ...plan.run, phase: "proposed" as const };
  return { ...next, reachAccounts, approved: null, run };
}

export function withPlan(
  incident: Incident,
  planId: string,
  change: (plan: PlanState) => PlanState,
): Incident {
  return {
    ...incident,
    plans: incident.plans.map((plan) => (plan.planId === planId ? change(plan) : plan)),
  };
}

function withAsked(
  incident: Incident,
  planId: string,
  digest: string,
  change: (act: AskedApproval) => AskedApproval,
): Incident {
  return withPlan(incident, planId, (plan) =>
    plan.asked?.digest === digest ? { ...plan, asked: change(plan.asked) } : plan,
  );
}
