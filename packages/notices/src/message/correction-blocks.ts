import type { NoticeFacts } from "../facts/notice-facts.ts";
import type { CompositionBlock } from "./composed-notice.ts";
import { say } from "./statement.ts";

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
