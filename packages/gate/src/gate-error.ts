/** Keys and indexes from a document's root. */
export type GatePath = readonly (string | number)[];

export type GateErrorCode = "ERR_GATE_POLICY" | "ERR_GATE_REQUEST";

/**
 * A policy or a request that is not what its format asks for. `path` is where, `expected` what should stand there. It is
 * a class of its own because the gate imports nothing; it has the shape of the model's `InputError`.
 */
export class GateError extends Error {
  readonly code: GateErrorCode;
  readonly path: GatePath;
  readonly expected: string;

  constructor(code: GateErrorCode, path: GatePath, message: string, expected: string) {
    super(message);
    this.name = "GateError";
    this.code = code;
    this.path = path;
    this.expected = expected;
  }
}
