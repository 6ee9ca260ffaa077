import { recordCharsMax } from "./physical-line.ts";

/** A record's JSON text; null when it is too long. */
export interface DocumentElement {
  /** The line on which it begins. */
  readonly line: number;
  readonly text: string | null;
}

/** Deeper documents are none of those that hold records. */
const depthMax = 128;

const scalar = /-?\d[\d.eE+-]*|true|false|null/y;
const space = /[ \t\r]*/y;

type Expected = "value" | "value or end" | "key" | "key or end" | "colon" | "comma or end" | "nothing";

/**
 * Follows one JSON document over many lines and takes its records out as they end, so that only one record is held at a time:
 * the elements of a list at the root or under one of the keys of an object at the root, else that object itself.
 */
export class JsonDocument {
  readonly #listKeys: readonly string[];
  #expected: Expected = "value";
  /** The brackets that are open. */
  readonly #open: ("{" | "[")[] = [];
  #rootKey = "";
  /** The record that is being read: the root, or an element of a list. */
  #taken: { readonly line: number; readonly depth: number; parts: string[] | null; chars: number } | null =
    null;
  #ended: DocumentElement[] = [];

  constructor(listKeys: readonly string[]) {
    this.#listKeys = listKeys;
  }

  /** True after the document's last bracket. */
  get isDone(): boolean {
    return this.#expected === "nothing";
  }

  /** The records that ended on this line; null when the line cannot be a part of the document. */
  take(text: string, line: number): readonly DocumentElement[] | null {
    this.#ended = [];
    let from = 0;
    let at = 0;
    for (;;) {
      at = matchEnd(space, text, at);
      if (at === text.length) break;
      const end = this.#tokenEnd(text, at);
      if (end === -1) return null;
      const token = text.charAt(at);
      if (this.#beginsRecord(token)) {
        this.#taken = { line, depth: this.#open.length, parts: [], chars: 0 };
        from = at;
      }
      if (!this.#step(token, text, at, end)) return null;
      at = end;
      if (this.#taken !== null && this.#valueEnded(this.#taken.depth)) {
        this.#keep(text.slice(from, at));
        this.#endRecord();
      }
    }
    this.#keep(`${text.slice(from)}\n`);
    // A single object of this length is no record.
    return this.#taken?.depth === 0 && this.#taken.parts === null ? null : this.#ended;
  }

  #tokenEnd(text: string, at: number): number {
    const first = text.charAt(at);
    if ("{}[],:".includes(first)) return at + 1;
    if (first === '"') return stringEnd(text, at);
    const end = matchEnd(scalar, text, at);
    return end === at ? -1 : end;
  }

  #beginsRecord(token: string): boolean {
    if (this.#expected !== "value" && this.#expected !== "value or end") return false;
    if (token === "]" || token === "}") return false;
    const depth = this.#open.length;
    if (depth === 0) return token === "{";
    if (depth === 1) return this.#open[0] === "[";
    return depth === 2 && this.#inList();
  }

  #inList(): boolean {
    return this.#open[0] === "{" && this.#open[1] === "[" && this.#listKeys.includes(this.#rootKey);
  }

  /** False when the token is not what may stand here. */
  #step(token: string, text: string, at: number, end: number): boolean {
    switch (token) {
      case "{":
      case "[":
        return this.#openBracket(token);
      case "}":
      case "]":
        return this.#closeBracket(token);
      case ",":
        if (this.#expected !== "comma or end") return false;
        this.#expected = this.#open.at(-1) === "{" ? "key" : "value";
        return true;
      case ":":
        if (this.#expected !== "colon") return false;
        this.#expected = "value";
        return true;
      case '"':
        if (this.#expected === "key" || this.#expected === "key or end") {
          if (this.#open.length === 1) this.#rootKey = text.slice(at + 1, end - 1);
          this.#expected = "colon";
          return true;
        }
        return this.#value();
      default:
        return this.#value();
    }
  }

  #value(): boolean {
    if (this.#expected !== "value" && this.#expected !== "value or end") return false;
    this.#expected = this.#open.length === 0 ? "nothing" : "comma or end";
    return true;
  }

  #openBracket(bracket: "{" | "["): boolean {
    if (this.#expected !== "value" && this.#expected !== "value or end") return false;
    if (this.#open.length === depthMax) return false;
    this.#open.push(bracket);
    this.#expected = bracket === "{" ? "key or end" : "value or end";
    if (this.#open.length === 2 && this.#inList()) {
      // The root is a document with a list: no record itself.
      this.#taken = null;
    }
    return true;
  }

  #closeBracket(bracket: "}" | "]"): boolean {
    const opening = bracket === "}" ? "{" : "[";
    const mayEnd = opening === "{" ? "key or end" : "value or end";
    if (this.#open.at(-1) !== opening) return false;
    if (this.#expected !== mayEnd && this.#expected !== "comma or end") return false;
    this.#open.pop();
    this.#expected = this.#open.length === 0 ? "nothing" : "comma or end";
    return true;
  }

  #valueEnded(depth: number): boolean {
    return this.#open.length === depth && (this.#expected === "comma or end" || this.#expected === "nothing");
  }

  #keep(part: string): void {
    const taken = this.#taken;
    if (taken === null || taken.parts === null) return;
    taken.chars += part.length;
    if (taken.chars > recordCharsMax) taken.parts = null;
    else taken.parts.push(part);
  }

  #endRecord(): void {
    const taken = this.#taken;
    this.#taken = null;
    if (taken === null) return;
    this.#ended.push({ line: taken.line, text: taken.parts?.join("") ?? null });
  }
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** -1 when the string does not end on this line: JSON has no line ends in strings. */
function stringEnd(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end !== -1) {
    let escapes = 0;
    while (text.charAt(end - 1 - escapes) === "\\") escapes += 1;
    if (escapes % 2 === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
  return -1;
}
