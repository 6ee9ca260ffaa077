import type { Progress, ReportProgress } from "@cordon/contract";
import { compareCodePoints, formatInstant } from "@cordon/model";

/** Enforcement points that are shown; of more, the ones that reported last. */
const pointsMax = 1000;

/** The latest report of each enforcement point. It is not recorded: after a restart the points report again. */
export class ProgressBoard {
  readonly #reports = new Map<string, Progress>();

  take(report: ReportProgress, nowMs: number): void {
    // Taken out and put in again, so that the oldest report is the first.
    this.#reports.delete(report.point);
    this.#reports.set(report.point, { ...report, reportedAt: formatInstant(nowMs) });
    if (this.#reports.size <= pointsMax) return;
    for (const oldest of this.#reports.keys()) {
      this.#reports.delete(oldest);
      return;
    }
  }

  all(): Progress[] {
    return [...this.#reports.values()].sort((a, b) => compareCodePoints(a.point, b.point));
  }
}
