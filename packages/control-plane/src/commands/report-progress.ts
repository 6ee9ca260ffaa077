import type { ReportProgress } from "@cordon/contract";
import type { Plane } from "../plane.ts";

/** Takes an enforcement point's counters; they replace what the point said before. They may promote a staged bundle. */
export async function reportProgress(plane: Plane, body: ReportProgress): Promise<void> {
  plane.progress.take(body, plane.clock());
  await plane.release.reported(body);
}
