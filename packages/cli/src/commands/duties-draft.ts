import { article33Draft, dutiesOf, noAdvice } from "@cordon/response";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { formLines, sourceWords } from "../duty-lines.ts";
import { addDutyRuleOptions, readDutyIncident, readDutyRules, type DutyRuleOptions } from "../duty-files.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { instantOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";

interface DraftOptions extends DutyRuleOptions {
  readonly rule: string;
  readonly now?: number;
  readonly json?: true;
}

const drafted = ["eu-gdpr-33", "gb-gdpr-33"];

export function registerDutiesDraft(program: Command): void {
  addDutyRuleOptions(
    noun(program, "duties")
      .command("draft <incident>")
      .description("draft what GDPR article 33(3) asks for, from the incident's facts"),
  )
    .option("--rule <id>", `the duty it is drafted for: ${drafted.join(", ")}`, "eu-gdpr-33")
    .option("--now <time>", "as of this time (default: now)", instantOption("--now"))
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon duties draft incident.yaml --json > article-33.json")
    .action(draft);
}

async function draft(file: string, options: DraftOptions): Promise<void> {
  if (!drafted.includes(options.rule)) {
    throw new CliError(
      "ERR_CLI_USAGE",
      `--rule: no draft for \`${options.rule}\`, expected one of ${drafted.join(", ")}`,
    );
  }
  const { pack, calendars } = await readDutyRules(options);
  const incident = await readDutyIncident(file);
  const duty = dutiesOf(pack, calendars, incident, options.now ?? Date.now()).find(
    ({ rule }) => rule.id === options.rule,
  );
  if (duty === undefined) {
    throw new CliError(
      "ERR_CLI_DOCUMENT",
      `${file}: \`${options.rule}\` is no duty of this incident, expected its market among \`markets\``,
    );
  }
  const document = article33Draft(incident, duty);
  if (options.json === true) {
    await printJson({ notLegalAdvice: true, source: duty.rule.source, state: duty.rule.state, ...document });
    return;
  }
  await printLines(
    noAdvice,
    oneLine(`${duty.rule.law}; ${sourceWords(duty.rule)}`),
    ...formLines(document).map(oneLine),
  );
}
