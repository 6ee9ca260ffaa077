import type { Cause, CorrectionFact, Fallbacks, Judgement, StepDone, WrongBy } from "@cordon/notices";
import { standingRiskDecisions, type Incident } from "@cordon/response";

/** What a notice says beside its fact sheet, and how: settled when it is drafted, and part of what is approved. */
export interface NoticeWords {
  readonly cause: Cause | null;
  readonly done: readonly StepDone[];
  readonly judgements: readonly Judgement[];
  readonly fallbacks: Fallbacks;
  readonly correction: CorrectionFact | null;
  /** Of a correction: what was wrong for whom; null for any other notice. */
  readonly wrong: WrongBy | null;
  /** The directory that said who has which duties; null where nobody is told of their own. */
  readonly directoryAsOf: string | null;
}

export const noWords: NoticeWords = {
  cause: null,
  done: [],
  judgements: [],
  fallbacks: {},
  correction: null,
  wrong: null,
  directoryAsOf: null,
};

/** The journal gives back what `draftNotice` recorded; notices from before there were words have none. */
export function wordsIn(manifest: { readonly [key: string]: unknown }): NoticeWords {
  const recorded = manifest["words"];
  return recorded === undefined ? noWords : (recorded as NoticeWords);
}

/** "No increased risk", where somebody has signed it and its claims all hold. */
export function judgementsOf(incident: Incident): Judgement[] {
  const standing = standingRiskDecisions(incident);
  return incident.riskDecisions.flatMap(({ decisionId, signed }) =>
    signed === null || !standing.has(decisionId)
      ? []
      : [{ kind: "no_increased_risk" as const, decisionId, name: signed.name }],
  );
}

/** Why a notice may not go on because of a judgement that it tells; null while all of them stand. */
export function fallenJudgement(incident: Incident, { judgements }: NoticeWords): string | null {
  const standing = standingRiskDecisions(incident);
  const fallen = judgements.find(({ decisionId }) => !standing.has(decisionId));
  return fallen === undefined ? null : `decision \`${fallen.decisionId}\` no longer holds`;
}
