import type { Timeline } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import { timelineOf } from "@cordon/response";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { pageOf, type PageRequest } from "./page.ts";

/**
 * What happened and what was done, in its order. A note about something earlier, written between two pages, moves what comes after
 * it by one. Throws ERR_PLANE_NOT_FOUND, and an InputError for a cursor that no page gave.
 */
export async function readTimeline(plane: Plane, incidentId: string, page: PageRequest): Promise<Timeline> {
  await plane.record.catchUp();
  const { entries, next } = pageOf(timelineOf(requireIncident(plane, incidentId)), page);
  return { entries: entries.map(({ atMs, ...entry }) => ({ at: formatInstant(atMs), ...entry })), next };
}
