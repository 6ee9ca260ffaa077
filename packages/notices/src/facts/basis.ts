import type { FactKey } from "../message/composed-notice.ts";
import type { Basis, NoticeFacts } from "./notice-facts.ts";

const ofClaims: ReadonlySet<FactKey> = new Set<FactKey>([
  "people",
  "window",
  "accessed",
  "notAccessed",
  "unknown",
  "access-times",
  "effects",
  "coverage",
  "assumptions",
]);
const ofMeasures: ReadonlySet<FactKey> = new Set<FactKey>([
  "reauthenticate",
  "change_password",
  "upgrade",
  "redownload",
  "refuse_client",
  "no-measure",
]);

/**
 * What a sentence of this fact rests on: the answers of the claims, the plans that are in force, the decision of whoever
 * signed a judgement, or the draft of the notice itself (who signs, where to ask, what was done).
 */
export function basisOf(fact: FactKey, facts: NoticeFacts): Basis {
  if (fact === "fixed") return { nothing: true };
  if (ofClaims.has(fact) || fact === "correction") {
    return { answers: facts.claims.map(({ answerDigest }) => answerDigest) };
  }
  if (ofMeasures.has(fact)) {
    const plans = facts.measures
      .filter(({ measure }) => measure === fact)
      .flatMap(({ planId }) => planId ?? []);
    return { decision: plans.length === 0 ? "plans in force" : [...new Set(plans)].join(" ") };
  }
  if (fact === "no-increased-risk") {
    return { decision: facts.judgements.map(({ decisionId }) => decisionId).join(" ") };
  }
  return { decision: "notice draft" };
}
