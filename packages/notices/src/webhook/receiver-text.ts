import { composePress } from "../audiences/compose-press.ts";
import { composeSupportScript } from "../audiences/compose-support-script.ts";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import { languageOf } from "../locales/languages.ts";
import { textPart } from "../message/text-part.ts";
import { wordNotice } from "../message/word-notice.ts";

/** Who listens at a webhook: a program, the press' desk or the support desk. */
export const receiverKinds = ["system", "press", "support"] as const;
export type ReceiverKind = (typeof receiverKinds)[number];

/** The text beside the facts, in one language; null for programs, which get the facts alone. */
export function receiverText(
  kind: ReceiverKind,
  facts: NoticeFacts,
  affectedPlanned: number,
  locale: string,
): { readonly locale: string; readonly subject: string; readonly text: string } | null {
  if (kind === "system") return null;
  const compose = kind === "press" ? composePress : composeSupportScript;
  const said = wordNotice(compose(facts, affectedPlanned), languageOf(locale));
  return { locale: said.locale, subject: said.subject, text: textPart(said) };
}
