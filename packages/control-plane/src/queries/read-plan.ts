import type { Plan } from "@cordon/contract";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { planView } from "./plan-view.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export async function readPlan(plane: Plane, incidentId: string, planId: string): Promise<Plan> {
  await plane.record.catchUp();
  return planView(plane, requireIncident(plane, incidentId), planId);
}
