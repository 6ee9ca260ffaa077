import { liftLegalHold, setLegalHold } from "@cordon/control-plane";
import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";
import { onIncidents, retentionLine, retentionView } from "../vault-options.ts";

interface HoldOptions {
  readonly reason: string;
  readonly by: string;
  readonly lift?: true;
  readonly home?: string;
  readonly json?: true;
}

export function registerIncidentHold(program: Command): void {
  noun(program, "incident")
    .command("hold")
    .description("a legal hold: nothing of the incident is shredded while it stands")
    .argument("<incident>", "the incident's id")
    .requiredOption("--reason <text>", "on whose wish; it goes on record")
    .requiredOption("--by <name>", "who decides; it goes on record")
    .option("--lift", "take the hold back")
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      '\nExample:\n  cordon incident hold inc-0f3a --reason "court order 7/2014" --by ada',
    )
    .action(async (incidentId: string, options: HoldOptions) => {
      const { by, reason } = options;
      const decide = options.lift === true ? liftLegalHold : setLegalHold;
      const retention = await onIncidents(options.home, (place) => decide(place, incidentId, { by, reason }));
      if (options.json) await printJson(retentionView(incidentId, retention));
      else await printLines(oneLine(retentionLine(incidentId, retention)));
    });
}
