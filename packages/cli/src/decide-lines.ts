import {
  decide,
  explain,
  GateError,
  parseRequest,
  type CompiledPolicy,
  type Decision,
  type GateRequest,
  type RuleExplanation,
} from "@cordon/gate";
import { CliError } from "./cli-error.ts";
import { lineBatches } from "./lines.ts";

const requestBytesMax = 1024 * 1024;

/**
 * Decides requests, one JSON object a line, and writes one decision a line. `nowMs` is asked once for requests that
 * arrive together. A line that is no request is thrown as a CliError `NAME:LINE: …` after the decisions before it are written.
 */
export async function decideLines(given: {
  readonly requests: AsyncIterable<Uint8Array>;
  /** Stands for the file in errors. */
  readonly name: string;
  readonly compiled: CompiledPolicy;
  readonly nowMs: () => number;
  /** Whether each decision says, as `explanation`, what every rule had to do with it. */
  readonly explained?: boolean;
  readonly write: (text: string) => Promise<void>;
}): Promise<void> {
  const { requests, name, compiled, nowMs, explained = false, write } = given;
  const decideOne = explained ? decideAndExplain : decide;
  for await (const batch of lineBatches(requests, { name, lineBytesMax: requestBytesMax })) {
    const now = nowMs();
    let decisions = "";
    let flaw: Error | null = batch.failure;
    for (const [index, line] of batch.lines.entries()) {
      try {
        decisions += `${JSON.stringify(decideOne(compiled, readRequest(line), now))}\n`;
      } catch (error) {
        flaw = inRequest(error, `${name}:${batch.firstLine + index}`);
        break;
      }
    }
    // Earlier decisions stand.
    await write(decisions);
    if (flaw !== null) throw flaw;
  }
}

function decideAndExplain(
  compiled: CompiledPolicy,
  request: GateRequest,
  nowMs: number,
): Decision & { readonly explanation: readonly RuleExplanation[] } {
  const { decision, rules } = explain(compiled, request, nowMs);
  return { ...decision, explanation: rules };
}

function readRequest(line: string): GateRequest {
  return parseRequest(parseJson(line));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The engine's own words quote the line, which may be personal data.
    throw new GateError("ERR_GATE_REQUEST", [], "not JSON", "a JSON object");
  }
}

/** Anything else than a wrong request is thrown on. */
function inRequest(error: unknown, place: string): CliError {
  if (!(error instanceof GateError)) throw error;
  const text = `${place}: ${error.message}, expected ${error.expected}`;
  return new CliError("ERR_CLI_DOCUMENT", text, { cause: error });
}
