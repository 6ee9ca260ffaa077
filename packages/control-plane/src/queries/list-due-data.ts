import type { DueData } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import { closedAtMs, keptUntilMs, reasonsToKeep, type Incident } from "@cordon/response";
import type { Plane } from "../plane.ts";
import { pageOf, type PageRequest } from "./page.ts";
import { keptUntil } from "./retention-view.ts";

/**
 * Closed incidents whose personal data is still there though its retention is over, or was never decided; those under a legal hold
 * too, with what keeps them. Throws an InputError for a cursor that no page gave.
 */
export async function listDueData(plane: Plane, page: PageRequest): Promise<DueData> {
  await plane.record.catchUp();
  const nowMs = plane.clock();
  const { entries, next } = pageOf(
    plane.record.incidents().flatMap((one) => dueEntry(one, nowMs)),
    page,
  );
  return { due: [...entries], next };
}

function dueEntry(incident: Incident, nowMs: number): DueData["due"] {
  const { incidentId, title, retention } = incident;
  const closedMs = closedAtMs(incident);
  const untilMs = keptUntilMs(incident);
  if (closedMs === null || retention.shredded !== null || (untilMs !== null && nowMs < untilMs)) return [];
  return [
    {
      incident: incidentId,
      title,
      closedAt: formatInstant(closedMs),
      keptUntil: keptUntil(incident),
      keptBecause: [...reasonsToKeep(incident, nowMs)],
      asked: retention.asked !== null && retention.asked.declined === null,
    },
  ];
}
