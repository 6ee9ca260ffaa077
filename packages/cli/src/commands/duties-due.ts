import { formatInstant } from "@cordon/model";
import { dutiesOf, noAdvice } from "@cordon/response";
import type { Command } from "commander";
import { dutyWords, sourceWords } from "../duty-lines.ts";
import { addDutyRuleOptions, readDutyIncident, readDutyRules, type DutyRuleOptions } from "../duty-files.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { instantOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";

interface DueOptions extends DutyRuleOptions {
  readonly now?: number;
  readonly json?: true;
}

export function registerDutiesDue(program: Command): void {
  addDutyRuleOptions(
    noun(program, "duties")
      .command("due <incident>")
      .description("what is due in which market, and how long is left; 1 when something is overdue"),
  )
    .option("--now <time>", "as of this time (default: now)", instantOption("--now"))
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
The incident is YAML or JSON: markets (EU, DE, US-CA, …), events ({event, at}; suspicion, awareness, assessment,
determination, materiality), done ({rule, at}), extensions, tolled, waived, facts.

Example:
  cordon duties due incident.yaml --now 2026-11-23T12:00:00Z`,
    )
    .action(due);
}

async function due(file: string, options: DueOptions): Promise<void> {
  const { pack, calendars } = await readDutyRules(options);
  const incident = await readDutyIncident(file);
  const nowMs = options.now ?? Date.now();
  const duties = dutiesOf(pack, calendars, incident, nowMs);
  if (duties.some(({ status }) => status === "overdue")) process.exitCode = 1;
  if (options.json === true) {
    await printJson({ version: pack.version, notLegalAdvice: true, now: formatInstant(nowMs), duties });
    return;
  }
  const lines = duties.flatMap((duty) => [
    `${duty.rule.id}  ${dutyWords(duty)}${duty.doneAt === null ? "" : ` ${duty.doneAt}`}`,
    `  ${duty.rule.law}, to ${duty.rule.to}: ${duty.rule.applies}`,
    ...(duty.rule.contents.length === 0 ? [] : [`  must say: ${duty.rule.contents.join(", ")}`]),
    `  ${sourceWords(duty.rule)}`,
  ]);
  await printLines(noAdvice, ...lines.map(oneLine));
}
