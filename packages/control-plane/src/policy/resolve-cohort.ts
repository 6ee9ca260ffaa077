import { reachableCohort, type Cohort as DirectoryCohort } from "@cordon/lake";
import type { Cohort, Incident } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";

/** The cohort with every answer replaced by the accounts that it names, or that it leaves open. */
export function resolveCohort(cohort: Cohort, incident: Incident): DirectoryCohort {
  if ("answer" in cohort) {
    const accounts = incident.answers.get(cohort.answer)?.accountIds ?? null;
    if (accounts !== null) return { accounts };
    throw new ControlPlaneError(
      "ERR_PLANE_NOT_FOUND",
      `the accounts that \`${cohort.answer}\` names are not kept`,
    );
  }
  if ("reachableBy" in cohort) {
    const asked = incident.answers.get(cohort.reachableBy);
    if (asked !== undefined)
      return reachableCohort(asked.answer, { windowTo: asked.window.to, decoys: asked.decoys });
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no answer \`${cohort.reachableBy}\``);
  }
  if ("union" in cohort) return { union: cohort.union.map((part) => resolveCohort(part, incident)) };
  if ("intersect" in cohort)
    return { intersect: cohort.intersect.map((part) => resolveCohort(part, incident)) };
  if ("minus" in cohort) {
    const [from, taken] = cohort.minus;
    return { minus: [resolveCohort(from, incident), resolveCohort(taken, incident)] };
  }
  return cohort;
}
