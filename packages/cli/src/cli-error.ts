import { CordonError } from "@cordon/model";

/**
 * Wrong input that a command found itself: ends with exit code 2 and `message` as the one line on stderr
 * (`FILE:LINE: what, expected …` where there is a file).
 */
export class CliError extends CordonError<"ERR_CLI_USAGE" | "ERR_CLI_FILE" | "ERR_CLI_DOCUMENT"> {}

/** The answer is "no": ends with exit code 1 and `message` as the one line on stderr. */
export class NoAnswer extends CordonError<"ERR_CLI_NO"> {
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super("ERR_CLI_NO", message, options);
  }
}
