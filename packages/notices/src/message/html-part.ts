import type { Block, ComposedNotice } from "./composed-notice.ts";

/** The same sentences as the text part in plain HTML: no picture, no style sheet, nothing fetched from anywhere. */
export function htmlPart(notice: ComposedNotice): string {
  return [
    "<!doctype html>",
    `<html lang="${escape(notice.locale)}">`,
    `<head><meta charset="utf-8"><title>${escape(notice.subject)}</title></head>`,
    "<body>",
    ...notice.blocks.map(blockHtml),
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h2>${escape(block.text)}</h2>`;
    case "paragraph":
      return `<p>${block.sentences.map((sentence) => escape(sentence.text)).join("\n")}</p>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${escape(item.text)}</li>`).join("\n")}\n</ul>`;
  }
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
