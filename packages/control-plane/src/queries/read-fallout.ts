import type { Fallout } from "@cordon/contract";
import { falloutOf } from "@cordon/response";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export async function readFallout(plane: Plane, incidentId: string): Promise<Fallout> {
  await plane.record.catchUp();
  const claims = falloutOf(requireIncident(plane, incidentId)).map((fallout) => ({
    ...fallout,
    notices: fallout.notices.map(({ noticeId, phase }) => ({ noticeId, state: phase })),
    riskDecisions: [...fallout.riskDecisions],
    measures: fallout.measures.map((measure) => ({ ...measure })),
  }));
  return { claims };
}
