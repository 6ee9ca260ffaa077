/**
 * The base of every error that Cordon throws on purpose. Each package derives one class with a closed union of codes.
 * Messages are lower case, without a full stop, with input in backticks; `hint` says what to do next.
 */
export class CordonError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string | null;

  constructor(code: Code, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint ?? null;
  }
}

/** Where in a document something stands: keys and indexes from its root. */
export type InputPath = readonly (string | number)[];

/**
 * Input that is not what a format asks for. It knows its place as a path of keys; the edge that read the text turns
 * the path into file and line.
 */
export class InputError extends CordonError<"ERR_INPUT"> {
  readonly path: InputPath;
  readonly expected: string;

  constructor(path: InputPath, message: string, expected: string) {
    super("ERR_INPUT", message);
    this.path = path;
    this.expected = expected;
  }
}
