import type { Reader } from "../audiences/reader.ts";
import { mergeClaims } from "../facts/merged-claim.ts";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import { adviceStatements, needNotStatements } from "./advice.ts";
import type { Composition, CompositionBlock } from "./composed-notice.ts";
import { correctionBlocks } from "./correction-blocks.ts";
import {
  accessTimes,
  causeOf,
  discovered,
  doneSteps,
  groundsOf,
  looked,
  notAccessedOf,
  unknownOf,
  whyNoExactNumber,
} from "./happened.ts";
import { measureBlocks } from "./measure-statements.ts";
import { closingBlocks, section } from "./sections.ts";
import { say, type Statement } from "./statement.ts";

/**
 * The message to one person whom the evidence names. What an answer says of several people, or of an open number, is
 * said as such: only where it speaks of exactly one person are its classes and times theirs.
 */
export function composeAffected(facts: NoticeFacts, reader: Reader = null): Composition {
  const claim = mergeClaims(facts.claims);
  const alone = claim.people.kind === "exactly" && claim.people.atMost === 1 && claim.people.named === 1;
  const { accessed, notAccessed, unknown } = claim.dataClasses;

  const happened: Statement[] = [
    discovered(facts),
    ...causeOf(facts),
    say("people", alone ? "yourAccountAccessed" : "yourAccountAmongAccessed", {}),
  ];
  const data: Statement[] = [];
  if (accessed.length > 0) {
    data.push(say("accessed", alone ? "yourAccessed" : "accessedByAll", { list: { classes: accessed } }));
  }
  data.push(...notAccessedOf(notAccessed), ...unknownOf(unknown));
  if (claim.effects.write > 0) data.push(say("effects", alone ? "changedYours" : "changedSome", {}));
  if (claim.effects.delete > 0) data.push(say("effects", alone ? "deletedYours" : "deletedSome", {}));
  data.push(...accessTimes(claim));

  const rests: Statement[] = [
    looked(claim),
    claim.coverageComplete ? say("coverage", "coverageComplete", {}) : whyNoExactNumber(claim),
    ...groundsOf(claim, facts),
  ];

  const blocks: CompositionBlock[] = [
    { kind: "paragraph", sentences: [say("fixed", "greeting", {})] },
    ...correctionBlocks(facts),
    { kind: "paragraph", sentences: happened },
    ...section("headingYourData", [
      { kind: "list", items: data },
      { kind: "paragraph", sentences: rests },
    ]),
    ...section("headingDone", [{ kind: "list", items: doneSteps(facts) }]),
    ...section("headingNeed", [
      ...measureBlocks(facts, "affected", reader),
      { kind: "list", items: adviceStatements(claim.dataClasses) },
    ]),
    ...section("headingNeedNot", [{ kind: "list", items: needNotStatements(facts, "affected", reader) }]),
    ...closingBlocks(facts),
  ];
  return { subject: subjectOf(facts, "subjectAffected"), blocks };
}

export function subjectOf(facts: NoticeFacts, key: "subjectAffected" | "subjectGeneral"): Statement {
  const args = { service: { text: facts.service }, reference: { text: facts.reference } };
  return say("reference", facts.correction === null ? key : "subjectCorrection", args);
}
