import type { NoticeFacts } from "../facts/notice-facts.ts";
import type { MessageKey } from "../locales/messages.ts";
import type { CompositionBlock } from "./composed-notice.ts";
import { say, type Statement } from "./statement.ts";

/** A heading with what stands under it; nothing at all when there is nothing to say. */
export function section(
  heading: Extract<MessageKey, `heading${string}`>,
  blocks: readonly CompositionBlock[],
): CompositionBlock[] {
  const said = blocks.filter((block) => !isEmpty(block));
  return said.length === 0 ? [] : [{ kind: "heading", text: say("fixed", heading, {}) }, ...said];
}

function isEmpty(block: CompositionBlock): boolean {
  switch (block.kind) {
    case "heading":
      return false;
    case "paragraph":
      return block.sentences.length === 0;
    case "list":
      return block.items.length === 0;
  }
}

/** Whom to ask; null where the fact sheet names nobody. */
export function contactStatement({ service, contact }: NoticeFacts): Statement {
  const { email, page } = contact;
  if (email !== null && page !== null) {
    return say("contact", "contactEither", { email: { link: email }, page: { link: page } });
  }
  if (email !== null) return say("contact", "contactEmail", { email: { link: email } });
  if (page !== null) return say("contact", "contactPage", { page: { link: page } });
  return say("contact", "contactInApp", { service: { text: service } });
}

/** How to get back in, whom to ask, where to read on, who signs: the same in every message. */
export function closingBlocks(facts: NoticeFacts): CompositionBlock[] {
  const backIn: Statement[] = [say("fixed", "noSignInLink", {})];
  if (facts.recoveryPage !== null) {
    backIn.push(say("recoveryPage", "recovery", { page: { link: facts.recoveryPage } }));
  }
  const more: Statement[] = [
    contactStatement(facts),
    say("reference", "quoteReference", { reference: { text: facts.reference } }),
  ];
  if (facts.publicPage !== null) {
    more.push(say("publicPage", "publicPage", { page: { link: facts.publicPage } }));
  }
  if (facts.nextUpdate !== null) more.push(say("nextUpdate", "nextUpdate", { at: { at: facts.nextUpdate } }));
  return [
    ...section("headingBackIn", [{ kind: "list", items: backIn }]),
    ...section("headingMore", [{ kind: "list", items: more }]),
    { kind: "paragraph", sentences: [say("fixed", "closing", {})] },
    {
      kind: "paragraph",
      sentences: [
        say("signature", "signature", {
          name: { text: facts.signature.name },
          role: { text: facts.signature.role },
          service: { text: facts.service },
        }),
      ],
    },
  ];
}
