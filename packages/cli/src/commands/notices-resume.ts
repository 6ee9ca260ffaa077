import type { Command } from "commander";
import { deliveryLines } from "../delivery-lines.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { printJson, printLines } from "../output.ts";

interface ResumeOptions extends OperatorOptions {
  readonly because: string;
  readonly json?: true;
}

export function registerNoticesResume(program: Command): void {
  noun(program, "notices")
    .command("resume <incident> <notice>")
    .description("go on with a notice that was stopped by hand")
    .requiredOption("--because <text>", "why, for the journal")
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `\nExample:\n  cordon notices resume inc-0123456789abcdef notice-0123456789abcdef --because "the relay is back"`,
    )
    .action(async (incidentId: string, noticeId: string, options: ResumeOptions) => {
      const client = await operatorClient(options);
      const deliveries = await client.resumeNotice(incidentId, noticeId, { because: options.because });
      if (options.json === true) await printJson(deliveries);
      else await printLines(...deliveryLines(deliveries).map(oneLine));
    });
}
