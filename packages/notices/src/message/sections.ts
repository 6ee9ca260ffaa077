import { compareCodePoints, type DataClass } from "@cordon/model";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import type { Block, Sentence } from "./composed-notice.ts";
import type { Phrases } from "./phrases.ts";

/** A heading with what stands under it; nothing at all when there is nothing to say. */
export function section(heading: string, blocks: readonly Block[]): Block[] {
  const said = blocks.filter((block) => !isEmpty(block));
  return said.length === 0 ? [] : [{ kind: "heading", text: heading }, ...said];
}

function isEmpty(block: Block): boolean {
  switch (block.kind) {
    case "heading":
      return false;
    case "paragraph":
      return block.sentences.length === 0;
    case "list":
      return block.items.length === 0;
  }
}

/** The classes in plain words, in an order of their own. */
export function wordsOf(classes: readonly DataClass[], phrases: Phrases): string {
  return phrases.list(classes.toSorted(compareCodePoints).map(phrases.dataClass));
}

/** How to get back in, whom to ask, where to read on, who signs: the same in every message. */
export function closingBlocks(facts: NoticeFacts, phrases: Phrases): Block[] {
  const backIn: Sentence[] = [{ fact: "fixed", text: phrases.noSignInLink }];
  if (facts.recoveryPage !== null)
    backIn.push({ fact: "recoveryPage", text: phrases.recovery(facts.recoveryPage) });
  const more: Sentence[] = [
    { fact: "contact", text: phrases.contact(facts.service, facts.contact.email, facts.contact.page) },
    { fact: "reference", text: phrases.quoteReference(facts.reference) },
  ];
  if (facts.publicPage !== null)
    more.push({ fact: "publicPage", text: phrases.publicPage(facts.publicPage) });
  if (facts.nextUpdate !== null)
    more.push({ fact: "nextUpdate", text: phrases.nextUpdate(facts.nextUpdate) });
  return [
    ...section(phrases.headings.backIn, [{ kind: "list", items: backIn }]),
    ...section(phrases.headings.more, [{ kind: "list", items: more }]),
    { kind: "paragraph", sentences: [{ fact: "fixed", text: phrases.closing }] },
    {
      kind: "paragraph",
      sentences: [
        { fact: "signature", text: `${facts.signature.name}, ${facts.signature.role}, ${facts.service}` },
      ],
    },
  ];
}
