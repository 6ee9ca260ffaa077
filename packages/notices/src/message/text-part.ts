import type { Block, ComposedNotice } from "./composed-notice.ts";

/** RFC 5322 2.1.1 recommends lines of at most 78 characters; links are never broken. */
const lineMax = 76;

/** The plain text of a message, LF line ends. */
export function textPart(notice: ComposedNotice): string {
  return `${notice.blocks.map(blockText).join("\n\n")}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${block.text}\n${"-".repeat(block.text.length)}`;
    case "paragraph":
      return wrap(block.sentences.map((sentence) => sentence.text).join(" "), "", "");
    case "list":
      return block.items.map((item) => wrap(item.text, "* ", "  ")).join("\n");
  }
}

function wrap(text: string, first: string, next: string): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > lineMax) {
      lines.push(line);
      line = next + word;
    } else {
      line += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  return [...lines, line].join("\n");
}
