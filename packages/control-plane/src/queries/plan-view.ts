import type { Measure, Plan, PlanTerms, Run } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { Incident, PlanState, RunState } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { askedView, orderView } from "./approval-view.ts";
import { signedOrNull, signedView } from "./signed-view.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export function planView(plane: Plane, incident: Incident, planId: string): Plan {
  const plan = incident.plans.find((one) => one.planId === planId);
  if (plan === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no plan \`${planId}\``);
  return viewOf(plane, plan);
}

export function viewOf(plane: Plane, plan: PlanState): Plan {
  // Measures and terms came in by the contract's schema and rest as they came.
  const measures: unknown = plan.measures;
  const terms: unknown = plan.terms;
  return {
    id: plan.planId,
    state: plan.phase,
    measures: measures as Measure[],
    terms: terms as PlanTerms | null,
    run: plan.run === null ? null : runView(plan.run),
    revision: plan.revision,
    authors: [...plan.authors],
    asked: plan.asked === null ? null : askedView(plan.asked, plane.record.limits().rules),
    drafted: signedView(plan.drafted),
    approved: signedOrNull(plan.approved),
    liftProposed: signedOrNull(plan.liftProposed),
    liftApproved: signedOrNull(plan.liftApproved),
    inForce:
      plan.inForce === null
        ? null
        : {
            bundleVersion: plan.inForce.bundleVersion,
            at: formatInstant(plan.inForce.atMs),
            cutoff: plan.inForce.cutoff,
            cohorts: { ...plan.inForce.cohorts },
          },
    liftedInBundle: plan.liftedInBundle,
    publishing: waits(plan)
      ? { ...plane.publishing, waitsForSignatures: plane.record.prepared() !== null }
      : null,
  };
}

/** Whether a bundle is wanted for the plan and not yet in force. */
function waits({ phase, run }: PlanState): boolean {
  if (phase === "approved" || phase === "lift-approved") return true;
  return run !== null && run.needsBundle && phase !== "lifted";
}

function runView(run: RunState): Run {
  const { phase, stage, step, pace, needsBundle, canaryInForceMs, clock, until } = run;
  const fromMs = clock?.fromMs ?? null;
  return {
    phase,
    stage,
    step,
    pace,
    needsBundle,
    canaryInForceAt: canaryInForceMs === null ? null : formatInstant(canaryInForceMs),
    wavesFrom: fromMs === null ? null : formatInstant(fromMs),
    started: signedOrNull(run.started),
    paused: orderView(run.paused),
    extended: run.extended.map(signedView),
    until,
    completed: orderView(run.completed),
    rolledBack: signedOrNull(run.rolledBack),
  };
}
