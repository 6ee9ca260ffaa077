import { parsePace, type Pace } from "@cordon/control-plane";
import { CliError } from "./cli-error.ts";
import { readYamlDocument } from "./yaml-document.ts";

/** Rates, warm-up and quiet hours of notices. Throws a CliError with the file's name for a pace that means nothing. */
export async function readPace(file: string): Promise<Pace> {
  const document = await readYamlDocument(file);
  try {
    return parsePace(document.value);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CliError("ERR_CLI_DOCUMENT", `${file}: ${error.message}`, { cause: error });
  }
}
