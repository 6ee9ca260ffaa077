import type { LogValue } from "./log-value.ts";

const whitespace = /[ \t\n\r]*/y;
const number = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

type Open =
  | { readonly kind: "list"; readonly items: LogValue[] }
  | { readonly kind: "record"; readonly entries: Map<string, LogValue>; key: string };

/**
 * Reads JSON text that `JSON.parse` takes. Where one object has a key twice the first one counts, as engines read it that
 * stop at the first match (RFC 8259, section 4, leaves it open), and integers beyond 2^53 are kept exact. No depth is
 * too deep.
 */
export function parseFirstKeyJson(text: string): LogValue {
  const reader = new TextReader(text);
  const open: Open[] = [];
  for (;;) {
    let value = readToken(reader, open);
    // A value that is complete closes what it ends, as far up as it goes.
    while (value !== undefined) {
      const parent = open.at(-1);
      if (parent === undefined) return value;
      if (parent.kind === "list") parent.items.push(value);
      else if (!parent.entries.has(parent.key)) parent.entries.set(parent.key, value);
      value = endOf(reader, open, parent);
    }
  }
}

/** A scalar, or an empty list or record; undefined when a list or record was opened. */
function readToken(reader: TextReader, open: Open[]): LogValue | undefined {
  switch (reader.peek()) {
    case "[":
      reader.skip();
      if (reader.peek() === "]") {
        reader.skip();
        return [];
      }
      open.push({ kind: "list", items: [] });
      return undefined;
    case "{":
      reader.skip();
      if (reader.peek() === "}") {
        reader.skip();
        return {};
      }
      open.push({ kind: "record", entries: new Map(), key: reader.key() });
      return undefined;
    default:
      return reader.scalar();
  }
}

/** What stands after a member: the list or record that ends there, or undefined when another member follows. */
function endOf(reader: TextReader, open: Open[], parent: Open): LogValue | undefined {
  const ends = reader.peek() !== ",";
  reader.skip();
  if (ends) {
    open.pop();
    return parent.kind === "list" ? parent.items : Object.fromEntries(parent.entries);
  }
  if (parent.kind === "record") {
    reader.peek();
    parent.key = reader.key();
  }
  return undefined;
}

/** INVARIANT: the text was valid JSON as a whole, so each token is what its first character says. */
class TextReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next character that is no white space. */
  peek(): string {
    this.#match(whitespace);
    return this.#text.charAt(this.#at);
  }

  skip(): void {
    this.#at += 1;
  }

  key(): string {
    const key = this.#string();
    this.peek();
    this.skip();
    return key;
  }

  scalar(): LogValue {
    const first = this.#text.charAt(this.#at);
    if (first === '"') return this.#string();
    if (first === "t" || first === "n") {
      this.#at += 4;
      return first === "t" ? true : null;
    }
    if (first === "f") {
      this.#at += 5;
      return false;
    }
    const digits = this.#match(number);
    const value = Number(digits);
    return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
  }

  #string(): string {
    let end = this.#text.indexOf('"', this.#at + 1);
    while (this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    const quoted = this.#text.slice(this.#at, end + 1);
    this.#at = end + 1;
    return String(JSON.parse(quoted));
  }

  #isEscaped(quote: number): boolean {
    let escapes = 0;
    while (this.#text.charAt(quote - 1 - escapes) === "\\") escapes += 1;
    return escapes % 2 === 1;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }
}
