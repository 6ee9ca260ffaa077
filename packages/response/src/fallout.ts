import type { Incident, NoticePhase } from "./incident.ts";
import { answersOf } from "./measure.ts";

/** A claim that fell, and everything that was sent or done on it. */
export interface Fallout {
  readonly claimId: string;
  readonly because: string;
  readonly contradictedBy: string;
  /** Notices that say it; what was sent can't be taken back, only corrected. */
  readonly notices: readonly { readonly noticeId: string; readonly phase: NoticePhase }[];
  /** Decisions that rest on it. */
  readonly riskDecisions: readonly string[];
  /** Measures for the accounts that its answer names. */
  readonly measures: readonly { readonly planId: string; readonly measureId: string }[];
}

/** Every claim that a later answer contradicted, in the order they were made. */
export function falloutOf(incident: Incident): Fallout[] {
  return incident.claims.flatMap(({ claimId, answerDigest, contradicted }) => {
    if (contradicted === null) return [];
    const notices = incident.notices.filter((notice) =>
      notice.factSheet.claims.some((claim) => claim.claimId === claimId),
    );
    const riskDecisions = incident.riskDecisions.filter((one) => one.claimIds.includes(claimId));
    const measures = incident.plans
      .filter((plan) => plan.phase !== "lifted")
      .flatMap(({ planId, measures: all }) =>
        all
          .filter(({ cohort }) => cohort !== undefined && answersOf(cohort).includes(answerDigest))
          .map(({ id }) => ({ planId, measureId: id })),
      );
    return [
      {
        claimId,
        because: contradicted.because,
        contradictedBy: contradicted.answerDigest,
        notices: notices.map(({ noticeId, phase }) => ({ noticeId, phase })),
        riskDecisions: riskDecisions.map((one) => one.decisionId),
        measures,
      },
    ];
  });
}
