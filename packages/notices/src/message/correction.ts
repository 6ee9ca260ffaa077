import type { NoticeFacts } from "../facts/notice-facts.ts";
import type { CompositionBlock } from "./composed-notice.ts";
import { saidIn } from "./word-notice.ts";
import type { Composition } from "./composed-notice.ts";
import { say, statementId, type Statement } from "./statement.ts";

/** What stands before the message of a correction: what was wrong, word for word, and that what follows replaces it. */
export function correctionBlocks({ correction, reference }: NoticeFacts): CompositionBlock[] {
  if (correction === null) return [];
  const { since, wrong } = correction;
  return [
    { kind: "heading", text: say("fixed", "headingCorrection", {}) },
    {
      kind: "paragraph",
      sentences: [
        say("correction", "correctionIntro", { reference: { text: reference }, at: { at: since } }),
      ],
    },
    {
      kind: "list",
      items: wrong.map((sentence) => say("correction", "correctionWrong", { sentence: { sentence } })),
    },
    { kind: "paragraph", sentences: [say("correction", "correctionRight", {})] },
  ];
}

/** Facts whose sentences a new answer can make wrong. */
const canFall = new Set([
  "people",
  "accessed",
  "notAccessed",
  "unknown",
  "access-times",
  "effects",
  "coverage",
  "window",
  "no-increased-risk",
  "change_password",
]);

/**
 * Statements of an earlier message that the facts of now no longer make to the same audience: what a correction takes back.
 * A sentence that is merely no longer worth saying (who signs, a store that has the update by now) is not wrong.
 */
export function wrongNow(before: Composition, now: Composition): Statement[] {
  const still = new Set(saidIn(now).map(statementId));
  const seen = new Set<string>();
  return saidIn(before).filter((statement) => {
    const id = statementId(statement);
    if (!canFall.has(statement.fact) || still.has(id) || seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
