import type { Incident, IncidentList } from "@cordon/contract";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { incidentView } from "./incident-view.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export async function readIncident(plane: Plane, incidentId: string): Promise<Incident> {
  await plane.record.catchUp();
  return incidentView(plane, requireIncident(plane, incidentId));
}

export async function listIncidents(plane: Plane): Promise<IncidentList> {
  await plane.record.catchUp();
  return {
    incidents: await Promise.all(plane.record.incidents().map((incident) => incidentView(plane, incident))),
  };
}
