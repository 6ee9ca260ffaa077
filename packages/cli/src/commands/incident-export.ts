import { randomBytes } from "node:crypto";
import { exportFacts } from "@cordon/control-plane";
import { exportIncident } from "@cordon/journal-postgres";
import { verisIncident } from "@cordon/transparency";
import type { Command } from "commander";
import { journalPlace } from "../journal-options.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";
import { refuseToOverwrite } from "../refuse-to-overwrite.ts";
import { onIncidents } from "../vault-options.ts";
import { writeFileWhole } from "../write-file.ts";

interface ExportOptions {
  readonly out: string;
  readonly withoutLog?: true;
  readonly home?: string;
  readonly json?: true;
}

export function registerIncidentExport(program: Command): void {
  noun(program, "incident")
    .command("export")
    .description("a signed archive of an incident: events, proofs, answers, notices, VERIS 1.4")
    .argument("<incident>", "the incident's id")
    .requiredOption("--out <file>", "the archive (tar); as confidential as the incident")
    .option("--without-log", "leave the other entries out; then nothing shows that none was left out")
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon incident export inc-0f3a --out inc-0f3a.tar")
    .action(async (incidentId: string, options: ExportOptions) => {
      await refuseToOverwrite(options.out, "a name that is free");
      const archive = await onIncidents(options.home, async (place, home) => {
        const { answers, notices, incident } = await exportFacts(place, incidentId);
        const veris = verisIncident({
          ...incident,
          // Nobody states these in the control plane.
          beganMs: null,
          actor: "unknown",
          action: null,
          assets: [],
          discoveredBy: null,
          victim: null,
        });
        return exportIncident({
          home,
          databaseUrl: journalPlace(home).databaseUrl,
          randomBytes: (count) => randomBytes(count),
          incident: `incident/${incidentId}`,
          exportedAtMs: Date.now(),
          withLog: options.withoutLog !== true,
          witnessed: await place.journal.cosignatures.newest(),
          answers,
          notices,
          veris,
        });
      });
      await writeFileWhole(options.out, archive);
      if (options.json) await printJson({ incident: incidentId, out: options.out, bytes: archive.length });
      else await printLines(oneLine(`${options.out}: ${archive.length} bytes`));
    });
}
