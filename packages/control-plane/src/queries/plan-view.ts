import type { Measure, Plan } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { Incident, PlanState } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { signedOrNull, signedView } from "./signed-view.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export function planView(plane: Plane, incident: Incident, planId: string): Plan {
  const plan = incident.plans.find((one) => one.planId === planId);
  if (plan === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no plan \`${planId}\``);
  return viewOf(plane, plan);
}

export function viewOf(plane: Plane, plan: PlanState): Plan {
  const waits = plan.phase === "approved" || plan.phase === "lift-approved";
  // The measures came in by the contract's schema and rest as they came.
  const measures: unknown = plan.measures;
  return {
    id: plan.planId,
    state: plan.phase,
    measures: measures as Measure[],
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
    publishing: waits ? { ...plane.publishing } : null,
  };
}
