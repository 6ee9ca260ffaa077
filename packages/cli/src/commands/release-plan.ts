import { parseDuration } from "@cordon/model";
import { Option, type Command } from "commander";
import { CliError } from "../cli-error.ts";
import { noun } from "../noun.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { repeatedOption } from "../options.ts";
import { printRelease } from "../release-lines.ts";

interface PlanOptions extends OperatorOptions {
  readonly point: readonly string[];
  readonly toAll?: true;
  readonly after?: number;
  readonly manual?: true;
  readonly json?: true;
}

const example = `
Example:
  cordon release plan --point gate-eu-1 --point gate-us-1 --after 10m
  cordon release plan --to-all`;

export function registerReleasePlan(program: Command): void {
  noun(program, "release")
    .command("plan")
    .description("give bundles from now on to some enforcement points first")
    .addOption(
      new Option("--point <name>", "a point that is given them first (repeatable)")
        .argParser(repeatedOption)
        .default([], "none"),
    )
    .option("--to-all", "to all at once, also the one that is held back now")
    .option("--after <duration>", "to all so long after it was published in any case", durationOption)
    .option(
      "--manual",
      "to all by `release promote` (or --after) alone, not when a point reports it in force",
    )
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText("after", example)
    .action(async (options: PlanOptions) => {
      if ((options.point.length === 0) !== (options.toAll === true)) {
        throw new CliError("ERR_CLI_USAGE", "no --point, expected at least one, or --to-all without any");
      }
      const client = await operatorClient(options);
      const release = await client.planRelease({
        points: [...options.point],
        promote: options.manual === true ? "manual" : "reported",
        afterMs: options.after ?? null,
      });
      await printRelease(release, options.json);
    });
}

function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new CliError("ERR_CLI_USAGE", `--after: \`${text}\`, expected a duration: 90s, 10m, 2h, 1d`);
}
