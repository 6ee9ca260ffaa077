import type { InputPath } from "@cordon/model";
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
} from "yaml";
import { CliError } from "./cli-error.ts";
import { readInputText } from "./input-file.ts";

const documentBytesMax = 16 * 1024 * 1024;
const aliasesMax = 100;

/** What errors about input have in common: `InputError` of the model, `GateError` of the gate. */
interface PlacedError extends Error {
  readonly path: InputPath;
  readonly expected: string;
}

export function isPlacedError(error: unknown): error is PlacedError {
  return (
    error instanceof Error &&
    "path" in error &&
    Array.isArray(error.path) &&
    "expected" in error &&
    typeof error.expected === "string"
  );
}

/** A YAML 1.2 (or JSON) file that still knows where each key stands. */
export class YamlDocument {
  /** The file's name as it was given. */
  readonly file: string;
  /** The document as plain JSON values; null for an empty file. */
  readonly value: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(file: string, document: Document, value: unknown, lines: LineCounter) {
    this.file = file;
    this.value = value;
    this.#document = document;
    this.#lines = lines;
  }

  /** The line of the key or element at `path`, or of the nearest one above it that exists. From 1. */
  lineOf(path: InputPath): number {
    return this.#lines.linePos(this.#walk(path).offset).line;
  }

  /** A scalar's text as the file has it (`1.10` where `value` has 1.1); null for anything but a scalar. */
  sourceAt(path: InputPath): string | null {
    const { node, found } = this.#walk(path);
    return found && isScalar(node) ? (node.source ?? null) : null;
  }

  /** Runs a parser over the value; its error about a key path comes out as `FILE:LINE: what, expected …`. */
  check<T>(parse: (value: unknown) => T): T {
    try {
      return parse(this.value);
    } catch (error) {
      throw isPlacedError(error) ? this.errorAt(error.path, error.message, error.expected, error) : error;
    }
  }

  /** Wrong input at a key path. */
  errorAt(path: InputPath, what: string, expected: string, cause?: unknown): CliError {
    const line = `${this.file}:${this.lineOf(path)}: ${what}, expected ${expected}`;
    return new CliError("ERR_CLI_DOCUMENT", line, cause === undefined ? {} : { cause });
  }

  #walk(path: InputPath): { node: Node | null; offset: number; found: boolean } {
    let node: Node | null = isNode(this.#document.contents) ? this.#document.contents : null;
    let offset = node?.range?.[0] ?? 0;
    for (const key of path) {
      if (isAlias(node)) node = node.resolve(this.#document) ?? null;
      if (isMap(node)) {
        const pair: Pair | undefined = node.items.find((item) => keyText(item) === String(key));
        if (pair === undefined) return { node, offset, found: false };
        if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
        node = isNode(pair.value) ? pair.value : null;
      } else if (isSeq(node)) {
        const item = node.items[Number(key)];
        if (!isNode(item)) return { node, offset, found: false };
        offset = item.range?.[0] ?? offset;
        node = item;
      } else {
        return { node, offset, found: false };
      }
    }
    return { node, offset, found: true };
  }
}

/**
 * Reads a YAML file. Throws a CliError with `FILE:LINE: what, expected …` when it can't be read or parsed, for
 * duplicate keys, unknown tags, too many aliases and keys that are no text (`1:`, `null:`): those need quotes.
 */
export async function readYamlDocument(file: string): Promise<YamlDocument> {
  return parseYamlDocument(file, await readInputText(file, documentBytesMax, "a YAML file"));
}

/** As `readYamlDocument`, for text that is read already. */
export function parseYamlDocument(file: string, text: string): YamlDocument {
  const lines = new LineCounter();
  const fail = (offset: number, what: string, expected: string): CliError => {
    const { line } = lines.linePos(offset);
    return new CliError("ERR_CLI_DOCUMENT", `${file}:${Math.max(line, 1)}: ${what}, expected ${expected}`);
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [flaw] = [...document.errors, ...document.warnings];
    if (flaw !== undefined) throw fail(flaw.pos[0], lowerCase(flaw.message), "YAML 1.2");
    checkNodes(document, fail);
    return new YamlDocument(file, document, toJson(document), lines);
  } catch (error) {
    if (error instanceof RangeError) throw fail(0, "nested too deeply", "a flatter document");
    if (error instanceof ReferenceError)
      throw fail(0, lowerCase(error.message), `at most ${aliasesMax} aliases`);
    throw error;
  }
}

/** Keys must be text, and an alias must have its anchor before it. */
function checkNodes(
  document: Document,
  fail: (offset: number, what: string, expected: string) => CliError,
): void {
  const anchors = new Set<string>();
  visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias: (_, alias) => {
      if (anchors.has(alias.source)) return;
      throw fail(alias.range?.[0] ?? 0, `alias \`*${alias.source}\``, "its anchor before it");
    },
    Pair: (_, pair) => {
      const key = pair.key;
      if (isScalar(key) && typeof key.value === "string") return;
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      throw fail(offset, `a key that is no text: \`${keyText(pair) ?? "?"}\``, "a text key (quote it)");
    },
  });
}

function toJson(document: Document): unknown {
  return document.toJS({ maxAliasCount: aliasesMax });
}

function keyText(pair: Pair): string | null {
  if (isScalar(pair.key))
    return typeof pair.key.value === "string" ? pair.key.value : (pair.key.source ?? null);
  return typeof pair.key === "string" ? pair.key : null;
}

function lowerCase(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/\.$/, "");
}
