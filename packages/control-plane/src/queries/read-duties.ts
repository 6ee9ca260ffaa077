import type { IncidentDuties } from "@cordon/contract";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { dutiesView } from "./duty-view.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export async function readDuties(plane: Plane, incidentId: string): Promise<IncidentDuties> {
  await plane.record.catchUp();
  return dutiesView(plane, requireIncident(plane, incidentId));
}
