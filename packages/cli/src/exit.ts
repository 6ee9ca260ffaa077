import { BundleError } from "@cordon/bundle";
import { CordonError } from "@cordon/model";
import { CommanderError } from "commander";
import { NoAnswer } from "./cli-error.ts";
import { systemReason } from "./input-file.ts";
import { oneLine } from "./one-line.ts";
import { isPlacedError } from "./yaml-document.ts";

/** 0 done, 1 the answer is "no", 2 wrong input. */
type ExitCode = 0 | 1 | 2;

interface Ending {
  readonly exitCode: ExitCode;
  /** The line for stderr, or null when everything is said. */
  readonly line: string | null;
}

/** What a thrown value means for the process. */
export function endingOf(error: unknown): Ending {
  if (error instanceof NoAnswer) return { exitCode: 1, line: withHint(error) };
  if (error instanceof CommanderError) return usageEnding(error);
  if (isPlacedError(error)) {
    const place = error.path.length === 0 ? "" : ` at \`${error.path.join(".")}\``;
    return { exitCode: 2, line: oneLine(`${error.message}${place}, expected ${error.expected}`) };
  }
  if (error instanceof CordonError) return { exitCode: 2, line: withHint(error) };
  if (error instanceof BundleError) return { exitCode: 2, line: oneLine(error.message) };
  const reason = systemReason(error);
  if (reason !== null && error instanceof Error) {
    const where = "path" in error && typeof error.path === "string" ? `${error.path}: ` : "";
    return { exitCode: 2, line: oneLine(`${where}${reason} (${error.message})`) };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { exitCode: 2, line: oneLine(`unexpected error: ${message} (CORDON_DEBUG=1 shows where)`) };
}

function usageEnding(error: CommanderError): Ending {
  if (error.exitCode === 0) return { exitCode: 0, line: null };
  if (error.code === "commander.help") {
    return { exitCode: 2, line: "no command given, expected one that `cordon --help` lists" };
  }
  const message = error.message.replace(/^error: |\.$/g, "");
  const expected = error.code === "commander.unknownCommand" ? "one that --help lists" : "what --help shows";
  return { exitCode: 2, line: oneLine(`${message}, expected ${expected}`) };
}

function withHint(error: { readonly message: string; readonly hint: string | null }): string {
  return oneLine(error.hint === null ? error.message : `${error.message}; ${error.hint}`);
}
