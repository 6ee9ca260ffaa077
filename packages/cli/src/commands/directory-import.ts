import { importDirectory, importDirectoryFromPostgres } from "@cordon/lake";
import type { DirectoryState } from "@cordon/lake";
import { parseInstant } from "@cordon/model";
import type { Command } from "commander";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import { DirectoryProgressLine } from "../directory-progress.ts";
import { resolveHome } from "../home.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";
import { directoryUrlSetting, postgresDirectory } from "../postgres-directory.ts";

interface DirectoryImportOptions {
  readonly installations?: string;
  readonly from?: string;
  readonly urlFile?: string;
  readonly asOf?: string;
  readonly home?: string;
  readonly json?: true;
}

export function registerDirectoryImport(program: Command): void {
  noun(program, "directory")
    .command("import")
    .description("take a new export of accounts and installations into the home's directory")
    .argument(
      "<accounts>",
      "accounts: .csv, .jsonl (also .gz, .zst) or .parquet; of a database: a table or a .sql file",
    )
    .option("--installations <file>", "their installations, likewise; without it those of before stay")
    .option(
      "--as-of <time>",
      "when the files were taken from the service (RFC 3339 with Z); a database tells it itself",
    )
    .option("--from <kind>", "postgres: copy both from a database, as one snapshot")
    .option(
      "--url-file <file>",
      `with --from: a file with the database's URL (default: ${directoryUrlSetting})`,
    )
    .option("--home <dir>", "home folder (default: CORDON_HOME, else ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      [
        "",
        "A table gives its columns that the directory has and no others; a .sql file holds one SELECT with no others.",
        "The database's role needs SELECT; the copy is one read-only transaction.",
        "",
        "Examples:",
        "  cordon directory import accounts.csv --installations installations.csv --as-of 2014-05-27T12:00:00Z",
        "  cordon directory import accounts.sql --from postgres --installations app.installations --url-file url",
      ].join("\n"),
    )
    .action(importInto);
}

async function importInto(accounts: string, options: DirectoryImportOptions): Promise<void> {
  const progress = new DirectoryProgressLine();
  let state: DirectoryState;
  try {
    state = await imported(accounts, options, progress);
  } finally {
    progress.clear();
  }
  if (options.json === true) await printJson(state);
  else {
    await printLines(
      `directory as of ${state.asOf}: ${state.accounts} accounts (${state.left} of them have left), ${state.installations} installations`,
    );
  }
}

async function imported(
  accounts: string,
  options: DirectoryImportOptions,
  progress: DirectoryProgressLine,
): Promise<DirectoryState> {
  const lakeFolder = path.join(resolveHome(options.home), "lake");
  const installations = options.installations ?? null;
  const onProgress = progress.show.bind(progress);
  if (options.from === undefined) {
    if (options.urlFile !== undefined) throw usage("--url-file without --from postgres, expected both");
    const asOfMs = asOf(options.asOf);
    return importDirectory({
      lakeFolder,
      accountsFile: accounts,
      installationsFile: installations,
      asOfMs,
      onProgress,
    });
  }
  if (options.from !== "postgres") throw usage(`--from is \`${options.from}\`, expected postgres`);
  if (options.asOf !== undefined)
    throw usage("--as-of with --from postgres, expected none: it is the instant before the snapshot");
  const postgres = await postgresDirectory({ accounts, installations, urlFile: options.urlFile ?? null });
  return importDirectoryFromPostgres({ lakeFolder, postgres, clock: Date.now, onProgress });
}

function asOf(given: string | undefined): number {
  if (given === undefined) throw usage("no --as-of, expected when the files were taken from the service");
  const ms = parseInstant(given);
  if (ms !== null) return ms;
  throw usage(`--as-of is \`${given}\`, expected an RFC 3339 time with \`Z\`, as 2014-05-27T12:00:00Z`);
}

function usage(message: string): CliError {
  return new CliError("ERR_CLI_USAGE", message);
}
