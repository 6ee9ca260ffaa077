import { isSame } from "./byte-texts.ts";
import type { FieldPath } from "./field-path.ts";

/** What stands at a path. Whole numbers are shortest decimal texts of at most 18 digits; texts have no escapes. */
export const valueKinds = {
  absent: 0,
  null: 1,
  true: 2,
  false: 3,
  empty: 4,
  text: 5,
  whole: 6,
  list: 7,
} as const;

const depthMax = 64;
const digitsMax = 18;

interface PathNode {
  /** Position of the path that ends here; -1 when none does. */
  slot: number;
  readonly children: { readonly key: Uint8Array; readonly node: PathNode }[];
  /** The scan that met this key last: of a key twice in one object the first one counts. */
  scan: number;
}

/**
 * Finds the values at a few paths in one JSON object, in one pass over its bytes. Takes less than JSON: whatever could be
 * read in two ways (an escape in a key or in a value at a path, a number that is not whole there, a list on the way to a
 * path) makes it give up, and never guess. INVARIANT: what it takes is JSON, and the values are those of `parseLogJson`.
 */
export class LineScanner {
  readonly kinds: Uint8Array;
  /** Where the value at each path begins, texts without their quotes, and one past its end. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #root: PathNode = { slot: -1, children: [], scan: 0 };
  #scan = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /** The bytes that are scanned must be UTF-8. */
  constructor(paths: readonly FieldPath[]) {
    this.kinds = new Uint8Array(paths.length);
    this.starts = new Int32Array(paths.length);
    this.ends = new Int32Array(paths.length);
    for (const [slot, { keys }] of paths.entries()) {
      let node = this.#root;
      for (const key of keys) node = childOf(node, new TextEncoder().encode(key));
      node.slot = slot;
    }
  }

  /** Whether `bytes[from, to)` is an object that is read surely. If not, nothing is known of it. */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    this.#scan += 1;
    this.kinds.fill(valueKinds.absent);
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.#skipSpace();
    if (bytes[this.#at] !== openBrace || !this.#object(this.#root, 0)) return false;
    this.#skipSpace();
    return this.#at === to;
  }

  #skipSpace(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (
      let byte = bytes[at];
      byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a;
      byte = bytes[at]
    )
      at += 1;
    // A space beyond the end belongs to the next line.
    this.#at = at < this.#end ? at : this.#end;
  }

  /** Stands at `{`; `node` is null where no path leads. */
  #object(node: PathNode | null, depth: number): boolean {
    if (depth > depthMax) return false;
    const bytes = this.#bytes;
    this.#at += 1;
    this.#skipSpace();
    if (bytes[this.#at] === closeBrace) return this.#close();
    let expected = 0;
    for (;;) {
      if (bytes[this.#at] !== quote) return false;
      const keyFrom = this.#at + 1;
      if (!this.#text()) return false;
      let child: PathNode | null = null;
      if (node !== null) {
        const keyTo = this.#at - 1;
        if (this.#escaped) return false;
        const { children } = node;
        // Lines of one log have their keys in one order, so the next key is mostly the next child.
        for (let tried = 0; tried < children.length; tried += 1) {
          const index =
            expected + tried < children.length ? expected + tried : expected + tried - children.length;
          const candidate = children[index];
          if (candidate === undefined || !isSame(candidate.key, bytes, keyFrom, keyTo)) continue;
          expected = index + 1 < children.length ? index + 1 : 0;
          if (candidate.node.scan !== this.#scan) {
            candidate.node.scan = this.#scan;
            child = candidate.node;
          }
          break;
        }
      }
      if (bytes[this.#at] !== colon) {
        this.#skipSpace();
        if (bytes[this.#at] !== colon) return false;
      }
      this.#at += 1;
      if (!this.#value(child, depth)) return false;
      let byte = bytes[this.#at] ?? 0;
      if (byte <= 0x20) {
        this.#skipSpace();
        byte = bytes[this.#at] ?? 0;
      }
      if (byte === closeBrace) return this.#close();
      if (byte !== comma) return false;
      this.#at += 1;
      if ((bytes[this.#at] ?? 0) <= 0x20) this.#skipSpace();
    }
  }

  #close(): boolean {
    this.#at += 1;
    return this.#at <= this.#end;
  }

  #value(node: PathNode | null, depth: number): boolean {
    if ((this.#bytes[this.#at] ?? 0) <= 0x20) this.#skipSpace();
    const slot = node === null ? -1 : node.slot;
    const from = this.#at;
    switch (this.#bytes[from] ?? 0) {
      case quote:
        if (!this.#text()) return false;
        if (slot === -1) return true;
        if (this.#escaped) return false;
        return this.#found(
          slot,
          this.#at - from === 2 ? valueKinds.empty : valueKinds.text,
          from + 1,
          this.#at - 1,
        );
      case openBrace:
        return slot === -1 && this.#object(node, depth + 1);
      case openBracket:
        // A number as key would lead into it.
        if (node !== null && node.children.length > 0) return false;
        if (!this.#list(depth + 1, slot !== -1)) return false;
        return slot === -1 || this.#found(slot, valueKinds.list, from, this.#at);
      case 0x74:
        return (
          this.#word(0x72, 0x75, 0x65) && (slot === -1 || this.#found(slot, valueKinds.true, from, this.#at))
        );
      case 0x66:
        this.#at += 1;
        if (this.#bytes[from + 1] !== 0x61 || !this.#word(0x6c, 0x73, 0x65)) return false;
        return slot === -1 || this.#found(slot, valueKinds.false, from, this.#at);
      case 0x6e:
        return (
          this.#word(0x75, 0x6c, 0x6c) && (slot === -1 || this.#found(slot, valueKinds.null, from, this.#at))
        );
      default:
        return this.#number(slot);
    }
  }

  #found(slot: number, kind: number, from: number, to: number): true {
    this.kinds[slot] = kind;
    this.starts[slot] = from;
    this.ends[slot] = to;
    return true;
  }

  /** The three bytes after the one it stands at. */
  #word(first: number, second: number, third: number): boolean {
    const at = this.#at;
    const bytes = this.#bytes;
    this.#at = at + 4;
    return (
      bytes[at + 1] === first && bytes[at + 2] === second && bytes[at + 3] === third && this.#at <= this.#end
    );
  }

  #escaped = false;

  /** Stands at a quote; ends after the one that closes. */
  #text(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    this.#escaped = false;
    let at = this.#at + 1;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (endsText[byte] === 0) continue;
      if (byte === quote) {
        this.#at = at + 1;
        return true;
      }
      if (byte !== backslash) return false;
      this.#escaped = true;
      at += 1;
      const escape = bytes[at] ?? 0;
      if (escape === 0x75) {
        for (let digit = 1; digit <= 4; digit += 1) if (!isHex(bytes[at + digit] ?? 0)) return false;
        at += 4;
      } else if (!isEscape(escape)) return false;
    }
    return false;
  }

  /** RFC 8259, section 6. */
  #number(slot: number): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    if (bytes[at] === minus) at += 1;
    const first = bytes[at] ?? 0;
    if (first < 0x30 || first > 0x39) return false;
    const digitsFrom = at;
    at = this.#digits(at);
    if (first === 0x30 && at - digitsFrom > 1) return false;
    const digits = at - digitsFrom;
    let isWhole = digits <= digitsMax && (first !== 0x30 || digitsFrom === from);
    if (bytes[at] === 0x2e) {
      isWhole = false;
      const fraction = at + 1;
      at = this.#digits(fraction);
      if (at === fraction) return false;
    }
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      isWhole = false;
      at += 1;
      if (bytes[at] === 0x2b || bytes[at] === minus) at += 1;
      const exponent = at;
      at = this.#digits(exponent);
      if (at === exponent) return false;
    }
    if (at > this.#end) return false;
    this.#at = at;
    return slot === -1 || (isWhole && this.#found(slot, valueKinds.whole, from, at));
  }

  #digits(from: number): number {
    let at = from;
    for (let byte = this.#bytes[at] ?? 0; byte >= 0x30 && byte <= 0x39; byte = this.#bytes[at] ?? 0) at += 1;
    return at;
  }

  /** Stands at `[`. `plain`: gives up for anything but texts without escapes. */
  #list(depth: number, plain: boolean): boolean {
    if (depth > depthMax) return false;
    const bytes = this.#bytes;
    this.#at += 1;
    this.#skipSpace();
    if (bytes[this.#at] === closeBracket) return this.#close();
    for (;;) {
      if (plain && bytes[this.#at] !== quote) return false;
      if (!this.#value(null, depth)) return false;
      if (plain && this.#escaped) return false;
      this.#skipSpace();
      const byte = bytes[this.#at];
      if (byte === closeBracket) return this.#close();
      if (byte !== comma) return false;
      this.#at += 1;
      this.#skipSpace();
    }
  }
}

/** 1 for what is not simply the next byte of a text: control characters, the quote and the backslash. */
const endsText = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c ? 1 : 0,
);

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** One of `"`, `\`, `/`, `b`, `f`, `n`, `r`, `t`. */
function isEscape(byte: number): boolean {
  return (
    byte === quote ||
    byte === backslash ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  );
}

function childOf(node: PathNode, key: Uint8Array): PathNode {
  const known = node.children.find((child) => isSame(child.key, key, 0, key.length));
  if (known !== undefined) return known.node;
  const made: PathNode = { slot: -1, children: [], scan: 0 };
  node.children.push({ key, node: made });
  return made;
}
