import type { Command } from "commander";
import { noun } from "../noun.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { printJson, printLines } from "../output.ts";

interface StopOptions extends OperatorOptions {
  readonly because: string;
  readonly json?: true;
}

export function registerNoticesStop(program: Command): void {
  noun(program, "notices")
    .command("stop <incident>")
    .description("the kill switch: stop all notices of an incident in every channel within one batch")
    .requiredOption("--because <text>", "why, for the journal")
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `\nExample:\n  cordon notices stop inc-0123456789abcdef --because "the German text is wrong"`,
    )
    .action(async (incidentId: string, options: StopOptions) => {
      const client = await operatorClient(options);
      const halted = await client.haltNotices(incidentId, { because: options.because });
      if (options.json === true) await printJson(halted);
      else await printLines(`${halted.halted} stopped; \`cordon notices resume\` goes on`);
    });
}
