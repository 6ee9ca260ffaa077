import { access } from "node:fs/promises";
import { CliError } from "./cli-error.ts";

/** Throws a CliError when there is a file (or anything else) of this name. */
export async function refuseToOverwrite(file: string, expected: string): Promise<void> {
  try {
    await access(file);
  } catch {
    // What else is wrong with the name is told when it is written.
    return;
  }
  throw new CliError("ERR_CLI_FILE", `${file}: is there already, expected ${expected}`);
}
