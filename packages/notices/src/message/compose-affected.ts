import type { NoticeFacts } from "../facts/notice-facts.ts";
import { mergeClaims } from "../facts/merged-claim.ts";
import type { Block, ComposedNotice, Sentence } from "./composed-notice.ts";
import { adviceSentences, needNotSentences } from "./advice.ts";
import { measureBlocks } from "./measure-sentences.ts";
import { closingBlocks, section, wordsOf } from "./sections.ts";
import type { Phrases } from "./phrases.ts";

/**
 * The message to one person whom the evidence names. What an answer says of several people, or of an open number, is
 * said as such: only where it speaks of exactly one person are its classes and times theirs.
 */
export function composeAffected(facts: NoticeFacts, phrases: Phrases): ComposedNotice {
  const claim = mergeClaims(facts.claims);
  const alone = claim.people.kind === "exactly" && claim.people.atMost === 1 && claim.people.named === 1;
  const { accessed, notAccessed, unknown } = claim.dataClasses;

  const happened: Sentence[] = [
    { fact: "discoveredAt", text: phrases.discovered(facts.service, facts.discoveredAt) },
    { fact: "people", text: alone ? phrases.yourAccountAccessed : phrases.yourAccountAmongAccessed },
  ];
  const data: Sentence[] = [];
  if (accessed.length > 0) {
    const words = wordsOf(accessed, phrases);
    data.push({ fact: "accessed", text: alone ? phrases.yourAccessed(words) : phrases.accessedByAll(words) });
  }
  if (notAccessed.length > 0) {
    data.push({ fact: "notAccessed", text: phrases.notAccessed(wordsOf(notAccessed, phrases)) });
  }
  if (unknown.length > 0)
    data.push({ fact: "unknown", text: phrases.unknownClasses(wordsOf(unknown, phrases)) });
  if (claim.effects.write > 0) {
    data.push({ fact: "effects", text: alone ? phrases.changedYours : phrases.changedSome });
  }
  if (claim.effects.delete > 0) {
    data.push({ fact: "effects", text: alone ? phrases.deletedYours : phrases.deletedSome });
  }
  if (claim.firstAccess !== null && claim.lastAccess !== null) {
    data.push({ fact: "access-times", text: phrases.accessTimes(claim.firstAccess, claim.lastAccess) });
  }

  const rests: Sentence[] = [{ fact: "window", text: phrases.looked(claim.window.from, claim.window.to) }];
  rests.push({
    fact: "coverage",
    text: claim.coverageComplete ? phrases.coverageComplete : phrases.rangeBecauseOfGap,
  });
  if (claim.assumptions.length > 0) {
    rests.push({
      fact: "assumptions",
      text: phrases.assumptions(phrases.list(claim.assumptions.map(phrases.assumption))),
    });
  }

  const blocks: Block[] = [
    { kind: "paragraph", sentences: [{ fact: "fixed", text: phrases.greeting }] },
    { kind: "paragraph", sentences: happened },
    ...section(phrases.headings.yourData, [
      { kind: "list", items: data },
      { kind: "paragraph", sentences: rests },
    ]),
    ...section(phrases.headings.need, [
      ...measureBlocks(facts, "affected", phrases),
      { kind: "list", items: adviceSentences(claim.dataClasses, phrases) },
    ]),
    ...section(phrases.headings.needNot, [
      { kind: "list", items: needNotSentences(facts, "affected", phrases) },
    ]),
    ...closingBlocks(facts, phrases),
  ];
  return { locale: phrases.locale, subject: phrases.subjectAffected(facts.service, facts.reference), blocks };
}
