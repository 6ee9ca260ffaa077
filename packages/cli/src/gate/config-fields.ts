import { documentText, InputError, isJsonObject, parseDuration } from "@cordon/model";
import type { InputPath, SourceText } from "@cordon/model";

/**
 * Reads one mapping of a configuration. Every reader throws an InputError that names the key; `finish` throws for keys that
 * nobody has asked for.
 */
export class ConfigFields {
  readonly path: InputPath;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #sourceAt: SourceText;
  readonly #asked = new Set<string>();

  /** Null and nothing are an empty mapping. Throws an InputError for anything else that is none. */
  constructor(value: unknown, path: InputPath, sourceAt: SourceText) {
    if (value !== null && value !== undefined && !isJsonObject(value)) {
      throw new InputError(path, "no mapping", "a mapping");
    }
    this.path = path;
    this.#values = value ?? {};
    this.#sourceAt = sourceAt;
  }

  has(key: string): boolean {
    return this.#value(key) !== null;
  }

  /** For mappings whose keys are free, in the document's order. */
  keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  mapping(key: string): ConfigFields {
    return new ConfigFields(this.#value(key), [...this.path, key], this.#sourceAt);
  }

  text(key: string): string {
    return this.#text(this.#required(key), [...this.path, key]);
  }

  optionalText(key: string): string | null {
    return this.has(key) ? this.text(key) : null;
  }

  /** A text or a list of texts, at least one. */
  texts(key: string): readonly string[] {
    const value = this.#required(key);
    if (!Array.isArray(value)) return [this.text(key)];
    if (value.length === 0) throw this.fault(key, "an empty list", "at least one");
    return value.map((item: unknown, index) => this.#text(item, [...this.path, key, index]));
  }

  oneOf<const Value extends string>(key: string, values: readonly Value[]): Value {
    const text = this.text(key);
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    throw this.fault(key, `\`${text}\` is none of them`, `one of ${values.join(", ")}`);
  }

  yesOrNo(key: string): boolean {
    const value = this.#required(key);
    if (typeof value === "boolean") return value;
    throw this.fault(key, "neither true nor false", "true or false");
  }

  wholeNumber(key: string, least: number, most: number): number {
    const value = this.#required(key);
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw this.fault(key, "no such number", `a whole number from ${least} to ${most}`);
  }

  durationMs(key: string): number {
    const text = this.text(key);
    const ms = parseDuration(text);
    if (ms !== null) return ms;
    throw this.fault(key, `\`${text}\` is no duration`, "a whole number and s, m, h or d, as in 30s");
  }

  /** Throws an InputError for a key that was not asked for; misspelt, it would pass in silence. */
  finish(): void {
    for (const key of Object.keys(this.#values)) {
      if (this.#asked.has(key)) continue;
      throw this.fault(key, `unknown key \`${key}\``, `one of ${[...this.#asked].join(", ")}`);
    }
  }

  fault(key: string, what: string, expected: string): InputError {
    return new InputError([...this.path, key], what, expected);
  }

  #required(key: string): unknown {
    const value = this.#value(key);
    if (value !== null) return value;
    throw new InputError(this.path, `no \`${key}\``, `the key \`${key}\``);
  }

  #value(key: string): unknown {
    this.#asked.add(key);
    return Object.hasOwn(this.#values, key) ? (this.#values[key] ?? null) : null;
  }

  #text(value: unknown, path: InputPath): string {
    const text = documentText(value, path, this.#sourceAt);
    if (text !== "") return text;
    throw new InputError(path, "an empty text", "text");
  }
}
