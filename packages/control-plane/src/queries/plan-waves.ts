import type { PlanWaves, WaveProposal } from "@cordon/contract";
import { parseInstant } from "@cordon/model";
import { planWaves as shortestWaves, profileFor, type Measure } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { concernedBy } from "./plan-progress.ts";

const overHoursMax = 14 * 24;

/**
 * For each measure of a plan that makes people sign in, the shortest waves that stay within the budget by themselves; what
 * all of them come to together is the preview's to say. Throws ERR_PLANE_NOT_FOUND, ERR_PROFILE.
 */
export async function planWaves(
  plane: Plane,
  incidentId: string,
  planId: string,
  body: PlanWaves,
): Promise<WaveProposal> {
  await plane.record.catchUp();
  const incident = requireIncident(plane, incidentId);
  const plan = incident.plans.find((one) => one.planId === planId);
  if (plan === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no plan \`${planId}\``);
  await plane.directory.ensure();
  const measures: WaveProposal["measures"] = [];
  for (const measure of plan.measures.filter(asksForSignIn)) {
    const people = await plane.directory.directory.countCohort(concernedBy(incident, measure));
    const from = body.from ?? null;
    const proposed = shortestWaves({
      profile: profileFor(body.profile, people),
      signInsPerSecondMax: body.signInsPerSecondMax,
      basePerSecond: body.basePerSecond ?? null,
      fromMs: from === null ? null : parseInstant(from),
      overHoursMax: body.overHoursMax ?? overHoursMax,
      because: measure.because ?? "precaution",
    });
    const rollout = proposed.fits && proposed.rollout !== null ? proposed.rollout : null;
    measures.push({
      measureId: measure.id,
      people,
      fits: proposed.fits,
      rollout: rollout === null ? null : { over: rollout.over, waves: rollout.waves },
      perSecondPeak: proposed.perSecondPeak,
      because: proposed.fits ? null : proposed.because,
    });
  }
  return { measures };
}

type SignIn = Extract<Measure, { measure: "reauthenticate" | "change_password" }>;

function asksForSignIn(measure: Measure): measure is SignIn {
  return measure.measure === "reauthenticate" || measure.measure === "change_password";
}
