import { mergeClaims } from "../facts/merged-claim.ts";
import { composePress } from "../audiences/compose-press.ts";
import { webhookEvent } from "../in-app/webhook-event.ts";
import { languageOf, locales } from "../locales/languages.ts";
import { statementsOf, wordNotice } from "../message/word-notice.ts";
import type { AdvisoryEdition } from "./advisory.ts";

/** The public facts for programs, and the press text's sentences in every language. */
export function advisoryJson({ facts, edition, affectedPlanned }: AdvisoryEdition) {
  const composition = composePress(facts, affectedPlanned);
  const { firstAccess, lastAccess, coverageComplete, assumptions } = mergeClaims(facts.claims);
  return {
    ...webhookEvent(facts, edition).data,
    asOf: facts.asOf,
    discoveredAt: facts.discoveredAt,
    cause: facts.cause,
    done: facts.done,
    firstAccess,
    lastAccess,
    coverageComplete,
    assumptions,
    nextUpdate: facts.nextUpdate,
    answers: facts.claims.map(({ answerDigest }) => answerDigest),
    statements: statementsOf(composition),
    texts: Object.fromEntries(
      locales.map((locale) => {
        const { subject, blocks } = wordNotice(composition, languageOf(locale));
        const sentences = blocks.flatMap((block) =>
          block.kind === "heading"
            ? []
            : (block.kind === "list" ? block.items : block.sentences).map(({ text }) => text),
        );
        return [locale, { title: subject, sentences }];
      }),
    ),
  };
}
