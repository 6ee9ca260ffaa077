import { importDirectory } from "@cordon/lake";
import { parseInstant } from "@cordon/model";
import type { Command } from "commander";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import { resolveHome } from "../home.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";

interface DirectoryImportOptions {
  readonly installations?: string;
  readonly asOf: string;
  readonly home?: string;
  readonly json?: true;
}

export function registerDirectoryImport(program: Command): void {
  noun(program, "directory")
    .command("import")
    .description("take a new export of accounts and installations into the home's directory")
    .argument("<accounts>", "accounts: .csv, .jsonl (also .gz, .zst) or .parquet")
    .option(
      "--installations <file>",
      "their installations, in the same formats; without it those of before stay",
    )
    .requiredOption("--as-of <time>", "when the files were taken from the service (RFC 3339 with Z)")
    .option("--home <dir>", "home folder (default: CORDON_HOME, else ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon directory import accounts.csv --installations installations.csv --as-of 2014-05-27T12:00:00Z",
    )
    .action(async (accountsFile: string, options: DirectoryImportOptions) => {
      const asOfMs = parseInstant(options.asOf);
      if (asOfMs === null) {
        const expected = "an RFC 3339 time with `Z`, as 2014-05-27T12:00:00Z";
        throw new CliError("ERR_CLI_USAGE", `--as-of is \`${options.asOf}\`, expected ${expected}`);
      }
      const home = resolveHome(options.home);
      const state = await importDirectory({
        lakeFolder: path.join(home, "lake"),
        accountsFile,
        installationsFile: options.installations ?? null,
        asOfMs,
      });
      if (options.json === true) await printJson(state);
      else {
        await printLines(
          `directory as of ${state.asOf}: ${state.accounts} accounts (${state.left} of them have left), ${state.installations} installations`,
        );
      }
    });
}
