import { shredIncident } from "@cordon/control-plane";
import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";
import { onIncidents } from "../vault-options.ts";

interface ShredOptions {
  readonly reason: string;
  readonly by: string;
  readonly home?: string;
  readonly json?: true;
}

export function registerIncidentShred(program: Command): void {
  noun(program, "incident")
    .command("shred")
    .description(
      "let the personal data of a closed incident go, once its retention is over; the log still verifies",
    )
    .argument("<incident>", "the incident's id")
    .requiredOption("--reason <text>", "why; it stays in the journal and must not say what was erased")
    .requiredOption("--by <name>", "who decides; it goes on record")
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      [
        "",
        "Exit 1, with every reason, while the incident is open, kept, held or still has measures in force.",
        "",
        "Example:",
        '  cordon incident shred inc-0f3a --reason "retention over" --by ada',
      ].join("\n"),
    )
    .action(async (incidentId: string, options: ShredOptions) => {
      const { by, reason } = options;
      const { events } = await onIncidents(options.home, (place) =>
        shredIncident(place, incidentId, { by, reason }),
      );
      if (options.json) await printJson({ incident: incidentId, erased: events });
      else await printLines(oneLine(`${incidentId}: ${events} events erased, their key is gone`));
    });
}
