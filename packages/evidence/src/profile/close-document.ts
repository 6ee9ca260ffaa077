/**
 * A JSON document that a sample cut off (`[…` or `{"Records":[…`), ended after its last whole record, so that it can be
 * read; the text itself when it is whole, null when it holds no whole record.
 */
export function closeDocument(text: string): string | null {
  // Only the first two containers matter: the list of records, and the object around it.
  let depth = 0;
  let opened = "";
  let end: { readonly at: number; readonly closing: string } | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') {
      at = endOfString(text, at);
      if (at < 0) break;
    } else if (sign === "{" || sign === "[") {
      if (depth < 2) opened = opened.slice(0, depth) + sign;
      depth += 1;
    } else if (sign === "}" || sign === "]") {
      depth -= 1;
      if (depth === 0) return text;
      if (depth === 1 && opened.startsWith("[")) end = { at: at + 1, closing: "]" };
      else if (depth === 2 && opened === "{[") end = { at: at + 1, closing: "]}" };
    }
  }
  return end === null ? null : text.slice(0, end.at) + end.closing;
}

/** Where the string that begins at `at` ends; -1 when it does not. */
function endOfString(text: string, at: number): number {
  let end = at;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return -1;
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return end;
  }
}
