import type { ClaimFact, MeasureFact, NoticeFacts } from "@cordon/notices";
import { parseDuration } from "@cordon/model";
import { noWords, type NoticeWords } from "./notice-words.ts";
import type { ClaimFacts, FactSheet, MeasureFacts, Where } from "@cordon/response";

/** The fact sheet in the form that messages are written from. */
export function noticeFactsOf(sheet: FactSheet, words: NoticeWords = noWords): NoticeFacts {
  const { service, signature, contact, discoveredAt, recoveryPage, publicPage, nextUpdate } = sheet.sender;
  return {
    reference: sheet.reference,
    service,
    asOf: sheet.asOf,
    discoveredAt,
    cause: words.cause,
    done: words.done,
    judgements: words.judgements,
    correction: words.correction,
    claims: sheet.claims.map(claimFact),
    measures: sheet.measures.map(measureFact),
    recoveryPage,
    contact,
    publicPage,
    nextUpdate,
    signature,
  };
}

function claimFact(claim: ClaimFacts): ClaimFact {
  return {
    answerDigest: claim.answerDigest,
    window: claim.window,
    people: { ...claim.accounts, named: claim.named },
    dataClasses: claim.dataClasses,
    firstAccess: claim.firstAccess,
    lastAccess: claim.lastAccess,
    coverageComplete: claim.coverageComplete,
    effects: claim.effects,
    assumptions: claim.assumptions,
  };
}

function measureFact({ planId, measure, concerns }: MeasureFacts): MeasureFact {
  const base = { planId, concerns, platforms: platformsOf(measure.where) };
  switch (measure.measure) {
    case "reauthenticate":
    case "change_password":
      return {
        ...base,
        measure: measure.measure,
        because: measure.because ?? "precaution",
        spreadMs: measure.rollout === undefined ? null : parseDuration(measure.rollout.over),
      };
    case "upgrade":
      return {
        ...base,
        measure: "upgrade",
        below: measure.below,
        required: measure.required ?? null,
        stores: Object.entries(measure.stores ?? {}).map(([store, { available, link }]) => ({
          store,
          available: available ?? null,
          link: link ?? null,
        })),
      };
    case "redownload":
      return {
        ...base,
        measure: "redownload",
        from: measure.from ?? null,
        spreadMs: measure.rollout === undefined ? null : parseDuration(measure.rollout.over),
      };
    case "refuse_client":
      return { ...base, measure: "refuse_client", trusted: measure.trusted };
  }
}

function platformsOf(where: Where | undefined): readonly string[] | null {
  if (where?.platform === undefined) return null;
  return typeof where.platform === "string" ? [where.platform] : where.platform;
}
