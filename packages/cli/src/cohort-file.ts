import { createReadStream } from "node:fs";
import path from "node:path";
import type { CohortSource, Policy } from "@cordon/gate";
import { CliError } from "./cli-error.ts";
import { systemReason } from "./input-file.ts";
import { lineBatches } from "./lines.ts";
import type { YamlDocument } from "./yaml-document.ts";

const idBytesMax = 64 * 1024;

/** The ids of every cohort that the policy defines. Throws a CliError for a file that is missing or not UTF-8. */
export async function readCohorts(
  policy: Policy,
  document: YamlDocument,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const cohorts = new Map<string, ReadonlySet<string>>();
  for (const [name, source] of policy.cohorts) {
    cohorts.set(name, await readCohort(name, source, document));
  }
  return cohorts;
}

async function readCohort(
  name: string,
  source: CohortSource,
  document: YamlDocument,
): Promise<ReadonlySet<string>> {
  if (source.kind === "accounts") return new Set(source.accounts);
  // Relative to the policy's folder, whatever the working directory.
  const file = path.resolve(path.dirname(document.file), source.file);
  try {
    return await readIds(file);
  } catch (error) {
    const reason = systemReason(error);
    if (reason === null || error instanceof CliError) throw error;
    const expected = "a file with one account id a line";
    throw document.errorAt(["cohorts", name, "file"], `\`${source.file}\`: ${reason}`, expected, error);
  }
}

/** UTF-8, LF or CRLF, blank lines skipped, ids as they stand. */
async function readIds(file: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const options = { name: file, lineBytesMax: idBytesMax };
  for await (const { lines, failure } of lineBatches(createReadStream(file), options)) {
    for (const line of lines) {
      if (line !== "") ids.add(line);
    }
    if (failure !== null) throw failure;
  }
  return ids;
}
