import { dutiesOfIncident, isDueSoon } from "@cordon/response";
import type { Plane } from "../plane.ts";

/** How many duties of all incidents are running, due soon, or overdue: of nobody, and of no incident in particular. */
export function countDuties(plane: Plane): {
  readonly running: number;
  readonly soon: number;
  readonly overdue: number;
} {
  const counts = { running: 0, soon: 0, overdue: 0 };
  for (const incident of plane.record.incidents()) {
    for (const duty of dutiesOfIncident(plane.duties, incident, plane.clock()).duties) {
      if (duty.status === "overdue") counts.overdue += 1;
      else if (isDueSoon(duty)) counts.soon += 1;
      else if (duty.status === "running") counts.running += 1;
    }
  }
  return counts;
}
