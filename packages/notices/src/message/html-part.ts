import type { Block, ComposedNotice } from "./composed-notice.ts";
import { escapeMarkup } from "./escape.ts";
import { blocksMark, localeMark, titleMark, type HtmlSkeleton } from "./html-skeleton.ts";

/** The same sentences as the text part in HTML: no picture and no link, and nothing is fetched from anywhere. */
export function htmlPart(notice: ComposedNotice, skeleton: HtmlSkeleton): string {
  const marks: Readonly<Record<string, string>> = {
    [titleMark]: escapeMarkup(notice.subject),
    [localeMark]: escapeMarkup(notice.locale),
    [blocksMark]: `\n${blocksHtml(notice.blocks)}\n`,
  };
  return skeleton[notice.direction].replace(/@@(?:title|locale|blocks)@@/g, (mark) => marks[mark] ?? "");
}

export function blocksHtml(blocks: readonly Block[]): string {
  return blocks.map(blockHtml).join("\n");
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h2>${escapeMarkup(block.text)}</h2>`;
    case "paragraph":
      return `<p>${block.sentences.map((sentence) => escapeMarkup(sentence.text)).join("\n")}</p>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${escapeMarkup(item.text)}</li>`).join("\n")}\n</ul>`;
  }
}
