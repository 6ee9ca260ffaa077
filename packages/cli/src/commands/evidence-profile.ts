import { profileEvidence, type EvidenceProfile } from "@cordon/lake";
import type { Command } from "commander";
import { stat } from "node:fs/promises";
import { CliError, NoAnswer } from "../cli-error.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines, writeOut } from "../output.ts";
import { writeFileWhole } from "../write-file.ts";

interface ProfileOptions {
  readonly directory?: string;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

export function registerEvidenceProfile(program: Command): void {
  noun(program, "evidence")
    .command("profile")
    .description("propose a data map for unknown logs from a sample of them, as YAML to edit")
    .argument("<dir>", "one folder of logs for each source, plain or .gz/.zst; or the logs of one source")
    .option("--directory <file>", "the accounts (CSV, JSONL or Parquet) to find account ids by")
    .option("--out <file>", "write the map there instead of printing it")
    .option("--force", "let --out replace a file that is there")
    .option("--json", "print one JSON document: the map, and what speaks for it in numbers")
    .addHelpText(
      "after",
      "\nExample:\n  cordon evidence profile logs --directory accounts.parquet --out map.yaml\n\n" +
        "Every number is of the sample. What only a person can say stands as <TODO>, and the map is refused until it is filled in.",
    )
    .action(profile);
}

async function profile(folder: string, options: ProfileOptions): Promise<void> {
  if (options.out !== undefined && options.force !== true) await requireNew(options.out);
  const found = await profileEvidence({ folder, accountsFile: options.directory ?? null });
  if (options.out !== undefined) await writeFileWhole(options.out, Buffer.from(found.map));
  if (options.json === true) await printJson(found);
  else if (options.out === undefined) await writeOut(found.map);
  else await printLines(...summaryLines(found, options.out).map(oneLine));
  if (found.sources.every(({ format }) => format === null)) {
    throw new NoAnswer(`${folder}: no log of a known format, see what was found there above`);
  }
}

function summaryLines({ sources }: EvidenceProfile, file: string): readonly string[] {
  return [
    ...sources.map(({ source, format, formatWhy, records, operations }) =>
      format === null
        ? `${source}: not proposed, ${formatWhy}`
        : `${source}: ${format}, ${records} records sampled, ${operations.length} operations`,
    ),
    `${file}: fill in what says <TODO>`,
  ];
}

/** A map that somebody has edited is not replaced unasked. */
async function requireNew(file: string): Promise<void> {
  try {
    await stat(file);
  } catch {
    // Not there, or not to be seen: then writing it will say so.
    return;
  }
  throw new CliError("ERR_CLI_FILE", `${file}: is there already, expected a new file, or --force`);
}
