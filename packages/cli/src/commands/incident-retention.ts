import { readRetention, setRetention } from "@cordon/control-plane";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { wholeNumberOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { onIncidents, retentionLine, retentionView } from "../vault-options.ts";

interface RetentionOptions {
  readonly days?: number;
  readonly by?: string;
  readonly home?: string;
  readonly json?: true;
}

export function registerIncidentRetention(program: Command): void {
  noun(program, "incident")
    .command("retention")
    .description("how long an incident's personal data is kept after it is closed; with --days, decide it")
    .argument("<incident>", "the incident's id")
    .option("--days <n>", "whole days after the incident was closed", wholeNumberOption("--days", 0, 36_500))
    .option("--by <name>", "who decides; it goes on record")
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon incident retention inc-0f3a --days 365 --by ada")
    .action(async (incidentId: string, options: RetentionOptions) => {
      const { days, by } = options;
      if ((days === undefined) !== (by === undefined))
        throw new CliError("ERR_CLI_USAGE", "--days and --by belong together, expected both or neither");
      const retention = await onIncidents(options.home, (place) =>
        days === undefined || by === undefined
          ? readRetention(place, incidentId)
          : setRetention(place, incidentId, { by, days }),
      );
      if (options.json) await printJson(retentionView(incidentId, retention));
      else await printLines(oneLine(retentionLine(incidentId, retention)));
    });
}
