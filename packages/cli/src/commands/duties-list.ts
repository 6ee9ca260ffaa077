import { noAdvice } from "@cordon/response";
import type { Command } from "commander";
import { clockWords, sourceWords } from "../duty-lines.ts";
import { addDutyRuleOptions, readDutyRules, type DutyRuleOptions } from "../duty-files.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";

interface ListOptions extends DutyRuleOptions {
  readonly market?: string;
  readonly json?: true;
}

export function registerDutiesList(program: Command): void {
  addDutyRuleOptions(
    noun(program, "duties")
      .command("list")
      .description("the deadline rules that are known, with their sources"),
  )
    .option("--market <code>", "only those of a market: EU, GB, US-CA, …")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon duties list --market EU")
    .action(async (options: ListOptions) => {
      const { pack } = await readDutyRules(options);
      const rules = pack.rules.filter(
        ({ market }) => options.market === undefined || market === options.market,
      );
      if (options.json === true) {
        await printJson({ version: pack.version, notLegalAdvice: true, rules });
        return;
      }
      const lines = rules.flatMap((rule) => [
        `${rule.id}  ${rule.law}: ${clockWords(rule.clock)} to ${rule.to === "authority" ? rule.authority : rule.to}`,
        `  ${sourceWords(rule)}`,
      ]);
      await printLines(noAdvice, `Rules of ${pack.version}`, ...lines.map(oneLine));
    });
}
