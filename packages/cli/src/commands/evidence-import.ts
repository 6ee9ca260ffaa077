import { parseDataMap } from "@cordon/evidence";
import { importEvidence } from "@cordon/lake";
import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { readYamlDocument } from "../yaml-document.ts";

interface ImportOptions {
  readonly map: string;
  readonly evidence: string;
  readonly lake: string;
  readonly json?: true;
}

export function registerEvidenceImport(program: Command): void {
  noun(program, "evidence")
    .command("import")
    .description("bring logs into a lake, from which questions are answered fast: what is new of them")
    .requiredOption("--map <file>", "the data map: how a log line is read")
    .requiredOption("--evidence <dir>", "one folder of logs for each source of the map, plain or .gz/.zst")
    .requiredOption("--lake <dir>", "the lake, made when it is missing")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon evidence import --map map.yaml --evidence logs --lake lake\n\n" +
        "The same file twice changes nothing. An import that was stopped goes on when it is run again.",
    )
    .action(importInto);
}

async function importInto(options: ImportOptions): Promise<void> {
  const document = await readYamlDocument(options.map);
  const map = document.check((value) => parseDataMap(value, (path) => document.sourceAt(path)));
  const progress = new ProgressLine();
  try {
    const done = await importEvidence({
      map,
      evidenceFolder: options.evidence,
      lakeFolder: options.lake,
      onProgress: (report) => {
        progress.show(report);
      },
    });
    progress.clear();
    const { notRead, ...counts } = done;
    for (const file of notRead)
      process.stderr.write(`${oneLine(`${file}: not read, it lies in no source's folder`)}\n`);
    if (options.json === true) {
      await printJson(counts);
      return;
    }
    const { filesRead, filesKnown, lines, events, duplicates, rejected } = counts;
    await printLines(
      `files:      ${filesRead} read, ${filesKnown} known already`,
      `lines:      ${lines}`,
      `events:     ${events} new, ${duplicates} duplicates`,
      `unreadable: ${rejected}`,
    );
  } finally {
    progress.clear();
  }
}
