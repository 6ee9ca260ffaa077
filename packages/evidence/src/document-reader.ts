import {
  documentText,
  InputError,
  isDataClass,
  isJsonObject,
  type DataClass,
  type InputPath,
  type SourceText,
} from "@cordon/model";

/** A value of a document and where it stands: how the parsers of this package walk plain JSON values. */
export class DocumentReader {
  readonly value: unknown;
  readonly path: InputPath;
  readonly #sourceAt: SourceText;

  constructor(value: unknown, path: InputPath, sourceAt: SourceText) {
    this.value = value;
    this.path = path;
    this.#sourceAt = sourceAt;
  }

  /** The error that says what stands here instead of what was expected. */
  wrong(what: string, expected: string): InputError {
    return new InputError(this.path, what, expected);
  }

  /** False for a key that is absent; an empty value (`store:`) is there and wrong. */
  has(key: string): boolean {
    return isJsonObject(this.value) && Object.hasOwn(this.value, key);
  }

  at(key: string | number): DocumentReader {
    const value: unknown =
      typeof key === "number"
        ? Array.isArray(this.value)
          ? this.value[key]
          : undefined
        : isJsonObject(this.value) && Object.hasOwn(this.value, key)
          ? this.value[key]
          : undefined;
    return new DocumentReader(value, [...this.path, key], this.#sourceAt);
  }

  /** A key that must be there. */
  required(key: string): DocumentReader {
    if (!this.has(key)) throw this.wrong(`key \`${key}\` is missing`, `a mapping with \`${key}\``);
    return this.at(key);
  }

  /** Checks that this is a mapping with no keys but these. */
  mapping(keys: readonly string[]): this {
    for (const [key, child] of this.entries()) {
      if (!keys.includes(key))
        throw child.wrong(`unknown key \`${key}\``, keys.map((known) => `\`${known}\``).join(", "));
    }
    return this;
  }

  entries(): (readonly [string, DocumentReader])[] {
    if (!isJsonObject(this.value)) throw this.wrong(`${this.#shown()} is no mapping`, "a mapping");
    return Object.keys(this.value).map((key) => [key, this.at(key)] as const);
  }

  /** The elements of a list that is not empty. */
  list(of: string): DocumentReader[] {
    if (!Array.isArray(this.value) || this.value.length === 0) {
      throw this.wrong(`${this.#shown()} is no list of ${of}`, `a list of at least one of ${of}`);
    }
    return this.value.map((_, index) => this.at(index));
  }

  /** A list, or one value that stands for a list of it. */
  oneOrMore(of: string): DocumentReader[] {
    return Array.isArray(this.value) ? this.list(of) : [this];
  }

  /** Text that is not empty. */
  name(expected: string): string {
    if (typeof this.value === "string" && this.value !== "") return this.value;
    throw this.wrong(`${this.#shown()} is no name`, expected);
  }

  /** A scalar as the text that it is compared by. */
  text(): string {
    return documentText(this.value, this.path, this.#sourceAt);
  }

  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const choice = choices.find((candidate) => candidate === this.value);
    if (choice !== undefined) return choice;
    throw this.wrong(`${this.#shown()} is not known`, choices.map((known) => `\`${known}\``).join(", "));
  }

  classes(): DataClass[] {
    const classes = this.list("data classes").map((item) => {
      if (typeof item.value === "string" && isDataClass(item.value)) return item.value;
      throw item.wrong(`${item.#shown()} is no data class`, "a key such as `user.contact.email`");
    });
    return [...new Set(classes)];
  }

  #shown(): string {
    if (this.value === undefined || this.value === null) return "nothing";
    const text = typeof this.value === "string" ? this.value : JSON.stringify(this.value);
    return `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;
  }

  /** How the value is shown in a message. */
  get shown(): string {
    return this.#shown();
  }
}
