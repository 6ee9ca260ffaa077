import type { ReportProgress } from "@cordon/contract";
import type { Plane } from "../plane.ts";

/** Takes an enforcement point's counters; they replace what the point said before. */
export function reportProgress(plane: Plane, body: ReportProgress): void {
  plane.progress.take(body, plane.clock());
}
