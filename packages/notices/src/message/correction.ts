import type { DataClass } from "@cordon/model";
import { mergeClaims } from "../facts/merged-claim.ts";
import { possibleDuties, type Reader } from "../audiences/reader.ts";
import { audiences, type Audience, type NoticeFacts } from "../facts/notice-facts.ts";
import type { MessageKey } from "../locales/messages.ts";
import { composeAffected } from "./compose-affected.ts";
import { composeGeneral } from "./compose-general.ts";
import type { Composition, FactKey } from "./composed-notice.ts";
import { statementId, statementsDigest, type Statement } from "./statement.ts";
import { saidIn, statementsOf } from "./word-notice.ts";

/** Facts whose sentences a new answer can make wrong. */
const canFall: ReadonlySet<FactKey> = new Set<FactKey>([
  "people",
  "accessed",
  "notAccessed",
  "unknown",
  "access-times",
  "effects",
  "coverage",
  "no-increased-risk",
  "change_password",
]);

/** What is said of the reader's own account: it holds or not for the audience that they are in now. */
const ofTheReader: ReadonlySet<MessageKey> = new Set<MessageKey>([
  "readerNotConcerned",
  "readerMayBeConcerned",
  "yourAccountAccessed",
  "yourAccountAmongAccessed",
  "yourAccessed",
  "changedYours",
  "deletedYours",
]);

/** What the service does is no finding: evidence does not make it wrong. */
const whatWeDo: ReadonlySet<MessageKey> = new Set<MessageKey>(["contactingOne", "contactingEach"]);

/** What was wrong for somebody who was told as one audience and is told as one now. */
export type WrongBy = { readonly [was in Audience]: { readonly [now in Audience]: readonly Statement[] } };

/**
 * Statements of an earlier edition that the facts of now no longer make: what a correction takes back. A sentence that is
 * merely no longer worth saying (who signs, a store that has the update by now) is not wrong.
 */
export function wrongBetween(
  before: { readonly facts: NoticeFacts; readonly affectedPlanned: number },
  now: { readonly facts: NoticeFacts; readonly affectedPlanned: number },
): WrongBy {
  const old = compositions(before);
  const current = compositions(now);
  const publicNow = new Set([...saidIn(current.affected), ...saidIn(current.general)].map(statementId));
  const classesNow = mergeClaims(now.facts.claims).dataClasses;
  const between = (was: Audience, is: Audience): Statement[] => {
    const own = new Set(saidIn(current[is]).map(statementId));
    return saidIn(old[was]).filter((statement) => {
      if (!canFall.has(statement.fact) || whatWeDo.has(statement.key)) return false;
      const list = statement.args["list"];
      if (list !== undefined && "classes" in list && !ofTheReader.has(statement.key)) {
        return !classesHold(statement.fact, list.classes, classesNow);
      }
      const holds = ofTheReader.has(statement.key) ? own : publicNow;
      return !holds.has(statementId(statement));
    });
  };
  return {
    affected: { affected: between("affected", "affected"), general: between("affected", "general") },
    general: { affected: between("general", "affected"), general: between("general", "general") },
  };
}

/** A list of classes was right as long as each of them is still what it said, however the list has grown since. */
function classesHold(
  fact: FactKey,
  classes: readonly DataClass[],
  now: NoticeFacts["claims"][number]["dataClasses"],
): boolean {
  if (fact === "accessed") return classes.every((name) => now.accessed.includes(name));
  if (fact === "notAccessed") return classes.every((name) => now.notAccessed.includes(name));
  // "We do not know" was true; whoever was told it is owed a word once it is known that the data was accessed.
  return !classes.some((name) => now.accessed.includes(name));
}

/** Each statement once that is wrong for people who are told as the same audience as before; empty when nothing is. */
export function allWrong(wrong: WrongBy): Statement[] {
  const all = audiences.flatMap((audience) => wrong[audience][audience]);
  return [...new Map(all.map((statement) => [statementId(statement), statement])).values()];
}

function compositions({ facts, affectedPlanned }: { facts: NoticeFacts; affectedPlanned: number }): {
  readonly [audience in Audience]: Composition;
} {
  const plain = { ...facts, correction: null };
  return { affected: composeAffected(plain), general: composeGeneral(plain, affectedPlanned) };
}

/** Beyond so many duties, the texts of an edition are too many to be told apart one by one. */
const dutiesMax = 8;

/**
 * Of the texts that went out (by the digests in the ledger), those that made one of these statements. A text that can't be
 * found again counts as one that did: better one correction too many than one too few.
 */
export function textsWith(
  wrong: readonly Statement[],
  before: {
    readonly facts: NoticeFacts;
    readonly affectedPlanned: number;
    readonly directoryAsOf: string | null;
  },
  sent: readonly string[],
): string[] {
  const ids = new Set(wrong.map(statementId));
  const clean = new Set<string>();
  const { facts, affectedPlanned, directoryAsOf } = before;
  for (const reader of readersOf(facts, directoryAsOf)) {
    for (const composition of [
      composeAffected(facts, reader),
      composeGeneral(facts, affectedPlanned, reader),
    ]) {
      const said = statementsOf(composition);
      if (!said.some((id) => ids.has(id))) clean.add(statementsDigest(said));
    }
  }
  return sent.filter((digest) => !clean.has(digest));
}

function readersOf(facts: NoticeFacts, asOf: string | null): Reader[] {
  const duties = possibleDuties(facts);
  if (asOf === null || duties.length > dutiesMax) return [null];
  const sets = Array.from({ length: 1 << duties.length }, (_, bits) =>
    duties.filter((_duty, index) => (bits & (1 << index)) !== 0),
  );
  return [null, ...sets.map((set) => ({ duties: set, asOf }))];
}
