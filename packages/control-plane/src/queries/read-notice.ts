import type { Notice } from "@cordon/contract";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { noticeView } from "./notice-view.ts";

/** Throws ERR_PLANE_NOT_FOUND. */
export async function readNotice(plane: Plane, incidentId: string, noticeId: string): Promise<Notice> {
  await plane.record.catchUp();
  return noticeView(plane, requireIncident(plane, incidentId), noticeId);
}
