import type { Incident, IncidentList } from "@cordon/contract";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { incidentView } from "./incident-view.ts";
import { pageOf, type PageRequest } from "./page.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export async function readIncident(plane: Plane, incidentId: string): Promise<Incident> {
  await plane.record.catchUp();
  return incidentView(plane, requireIncident(plane, incidentId));
}

/** Throws an InputError for a cursor that no page gave. */
export async function listIncidents(plane: Plane, page: PageRequest): Promise<IncidentList> {
  await plane.record.catchUp();
  const { entries, next } = pageOf(plane.record.incidents(), page);
  return { incidents: await Promise.all(entries.map((incident) => incidentView(plane, incident))), next };
}
