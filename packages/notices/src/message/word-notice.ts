import type { Language } from "../locales/language.ts";
import type { Block, ComposedNotice, Composition, CompositionBlock, Sentence } from "./composed-notice.ts";
import { statementId, type Statement } from "./statement.ts";

/** A message put into one language. */
export function wordNotice(composition: Composition, language: Language): ComposedNotice {
  return {
    locale: language.locale,
    direction: language.direction,
    subject: language.say(composition.subject),
    blocks: composition.blocks.map((block) => wordBlock(block, language)),
    statements: statementsOf(composition),
  };
}

function wordBlock(block: CompositionBlock, language: Language): Block {
  const word = (statement: Statement): Sentence => ({ fact: statement.fact, text: language.say(statement) });
  switch (block.kind) {
    case "heading":
      return { kind: "heading", text: language.say(block.text) };
    case "paragraph":
      return { kind: "paragraph", sentences: block.sentences.map(word) };
    case "list":
      return { kind: "list", items: block.items.map(word) };
  }
}

/** All statements of a composition but headings. */
export function saidIn({ blocks }: Composition): Statement[] {
  return blocks.flatMap((block) =>
    block.kind === "heading" ? [] : block.kind === "list" ? block.items : block.sentences,
  );
}

/** Ids of what a composition states; `fixed` ones are true whatever the facts, and never wrong. */
export function statementsOf(composition: Composition): string[] {
  const said = saidIn(composition).filter((statement) => statement.fact !== "fixed");
  return [...new Set(said.map(statementId))].sort();
}
