import type { Reader } from "../audiences/reader.ts";
import { mergeClaims } from "../facts/merged-claim.ts";
import type { ClaimFact, NoticeFacts } from "../facts/notice-facts.ts";
import { adviceStatements, needNotStatements } from "./advice.ts";
import { subjectOf } from "./compose-affected.ts";
import type { Composition, CompositionBlock } from "./composed-notice.ts";
import { correctionBlocks } from "./correction-blocks.ts";
import {
  causeOf,
  dataOf,
  discovered,
  doneSteps,
  groundsOf,
  looked,
  people,
  whyNoExactNumber,
} from "./happened.ts";
import { measureBlocks } from "./measure-statements.ts";
import { closingBlocks, section } from "./sections.ts";
import { say, type Statement } from "./statement.ts";

/**
 * The message to everybody whom the evidence does not name. It must be true for each reader: it says that the reader
 * is not concerned only where the claim is exact and each person it counts is written to as affected.
 *
 * `affectedPlanned`: how many people the notice writes to as affected.
 */
export function composeGeneral(
  facts: NoticeFacts,
  affectedPlanned: number,
  reader: Reader = null,
): Composition {
  const claim = mergeClaims(facts.claims);
  const { kind, atMost, named } = claim.people;
  const readerSafe = kind === "exactly" && named === atMost && affectedPlanned >= atMost;

  const happened: Statement[] = [discovered(facts), ...causeOf(facts), ...numberOfPeople(claim)];
  if (!readerSafe && atMost > 0) happened.push(say("people", "readerMayBeConcerned", {}));
  if (readerSafe && atMost > 0) happened.push(say("people", "readerNotConcerned", {}));
  happened.push(...contacting(claim, affectedPlanned), ...groundsOf(claim, facts));

  const advice = readerSafe || atMost === 0 ? [] : adviceStatements(claim.dataClasses);
  const asked: CompositionBlock[] = [
    ...measureBlocks(facts, "general", reader),
    { kind: "list", items: advice },
  ];
  const blocks: CompositionBlock[] = [
    { kind: "paragraph", sentences: [say("fixed", "greeting", {})] },
    ...correctionBlocks(facts),
    ...section("headingHappened", [{ kind: "paragraph", sentences: happened }]),
    ...section("headingData", [{ kind: "list", items: dataOf(claim) }]),
    ...section("headingDone", [{ kind: "list", items: doneSteps(facts) }]),
    ...section("headingDoing", asked),
    ...section("headingNeedNot", [{ kind: "list", items: needNotStatements(facts, "general", reader) }]),
    ...closingBlocks(facts),
  ];
  return { subject: subjectOf(facts, "subjectGeneral"), blocks };
}

/** How many, over which time, and why there is no exact number: in every channel the same. */
export function numberOfPeople(claim: Omit<ClaimFact, "answerDigest">): Statement[] {
  const said: Statement[] = [looked(claim)];
  if (claim.coverageComplete) said.push(say("coverage", "coverageComplete", {}));
  said.push(people(claim.people));
  if (claim.people.kind === "between") said.push(whyNoExactNumber(claim));
  return said;
}

export function contacting(
  { people: { named, atMost } }: Omit<ClaimFact, "answerDigest">,
  affectedPlanned: number,
): Statement[] {
  if (named === 0 || affectedPlanned < named) return [];
  return [say("people", atMost === 1 ? "contactingOne" : "contactingEach", {})];
}
