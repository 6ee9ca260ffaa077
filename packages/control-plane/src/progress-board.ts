import type { Progress, ReportProgress } from "@cordon/contract";
import { compareCodePoints, formatInstant } from "@cordon/model";

/** Enforcement points that are shown; of more, the ones that reported last. */
const pointsMax = 1000;

/** The latest report of each enforcement point. It is not recorded: after a restart the points report again. */
export class ProgressBoard {
  readonly #reports = new Map<string, Progress>();
  /** Taken here and not yet handed to the other servers. */
  readonly #fresh = new Map<string, Progress>();

  take(report: ReportProgress, nowMs: number): void {
    const progress = { ...report, reportedAt: formatInstant(nowMs) };
    this.#fresh.set(report.point, progress);
    if (this.#fresh.size > pointsMax) this.#fresh.clear();
    this.#put(progress);
  }

  /** A report that was told to another server; an older one than is known changes nothing. */
  learn(progress: Progress): void {
    const known = this.#reports.get(progress.point);
    if (known === undefined || known.reportedAt < progress.reportedAt) this.#put(progress);
  }

  /** The reports that were taken here since the last call. */
  takeFresh(): readonly Progress[] {
    const fresh = [...this.#fresh.values()];
    this.#fresh.clear();
    return fresh;
  }

  #put(report: Progress): void {
    // Taken out and put in again, so that the oldest report is the first.
    this.#reports.delete(report.point);
    this.#reports.set(report.point, report);
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
