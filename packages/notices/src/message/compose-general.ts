import type { ClaimFact, NoticeFacts } from "../facts/notice-facts.ts";
import { mergeClaims } from "../facts/merged-claim.ts";
import type { Block, ComposedNotice, Sentence } from "./composed-notice.ts";
import { adviceSentences, needNotSentences } from "./advice.ts";
import { measureBlocks } from "./measure-sentences.ts";
import { closingBlocks, section, wordsOf } from "./sections.ts";
import type { Phrases } from "./phrases.ts";

/**
 * The message to everybody whom the evidence does not name. It must be true for each reader: it says that the reader
 * is not concerned only where the claim is exact and each person it counts is written to as affected.
 *
 * `affectedPlanned`: how many people the notice writes to as affected.
 */
export function composeGeneral(
  facts: NoticeFacts,
  affectedPlanned: number,
  phrases: Phrases,
): ComposedNotice {
  const claim = mergeClaims(facts.claims);
  const { kind, atMost, named } = claim.people;
  const readerSafe = kind === "exactly" && named === atMost && affectedPlanned >= atMost;

  const happened: Sentence[] = [
    { fact: "discoveredAt", text: phrases.discovered(facts.service, facts.discoveredAt) },
    { fact: "window", text: phrases.looked(claim.window.from, claim.window.to) },
  ];
  if (claim.coverageComplete) happened.push({ fact: "coverage", text: phrases.coverageComplete });
  happened.push({ fact: "people", text: phrases.people(claim.people) });
  if (kind === "between") {
    happened.push({
      fact: "coverage",
      text: claim.coverageComplete ? phrases.rangeBecauseOfCounts : phrases.rangeBecauseOfGap,
    });
  }
  if (!readerSafe && atMost > 0) happened.push({ fact: "people", text: phrases.readerMayBeConcerned });
  if (readerSafe && atMost > 0) happened.push({ fact: "people", text: phrases.readerNotConcerned });
  if (named > 0 && affectedPlanned >= named) {
    happened.push({ fact: "people", text: phrases.contactingIndividually(atMost === 1 ? 1 : 2) });
  }
  if (claim.assumptions.length > 0) {
    happened.push({
      fact: "assumptions",
      text: phrases.assumptions(phrases.list(claim.assumptions.map(phrases.assumption))),
    });
  }

  const blocks: Block[] = [
    { kind: "paragraph", sentences: [{ fact: "fixed", text: phrases.greeting }] },
    ...section(phrases.headings.happened, [{ kind: "paragraph", sentences: happened }]),
    ...section(phrases.headings.data, [{ kind: "list", items: dataSentences(claim, phrases) }]),
    ...section(phrases.headings.doing, [
      ...measureBlocks(facts, "general", phrases),
      { kind: "list", items: readerSafe || atMost === 0 ? [] : adviceSentences(claim.dataClasses, phrases) },
    ]),
    ...section(phrases.headings.needNot, [
      { kind: "list", items: needNotSentences(facts, "general", phrases) },
    ]),
    ...closingBlocks(facts, phrases),
  ];
  return { locale: phrases.locale, subject: phrases.subjectGeneral(facts.service, facts.reference), blocks };
}

function dataSentences(claim: Omit<ClaimFact, "answerDigest">, phrases: Phrases): Sentence[] {
  const { accessed, notAccessed, unknown } = claim.dataClasses;
  const data: Sentence[] = [];
  if (accessed.length > 0) {
    const words = wordsOf(accessed, phrases);
    const one = claim.people.kind === "exactly" && claim.people.atMost === 1;
    data.push({ fact: "accessed", text: one ? phrases.accessed(words) : phrases.accessedByAll(words) });
  } else if (claim.people.atMost > 0) {
    data.push({ fact: "accessed", text: phrases.accessedNothing });
  }
  if (notAccessed.length > 0) {
    data.push({ fact: "notAccessed", text: phrases.notAccessed(wordsOf(notAccessed, phrases)) });
  }
  if (unknown.length > 0)
    data.push({ fact: "unknown", text: phrases.unknownClasses(wordsOf(unknown, phrases)) });
  if (claim.effects.write > 0) data.push({ fact: "effects", text: phrases.changedSome });
  if (claim.effects.delete > 0) data.push({ fact: "effects", text: phrases.deletedSome });
  if (claim.firstAccess !== null && claim.lastAccess !== null) {
    data.push({ fact: "access-times", text: phrases.accessTimes(claim.firstAccess, claim.lastAccess) });
  }
  return data;
}
