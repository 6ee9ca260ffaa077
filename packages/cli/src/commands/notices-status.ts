import type { Command } from "commander";
import { deliveryLines } from "../delivery-lines.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { printJson, printLines } from "../output.ts";

interface StatusOptions extends OperatorOptions {
  readonly json?: true;
}

export function registerNoticesStatus(program: Command): void {
  noun(program, "notices")
    .command("status <incident> <notice>")
    .description("what became of a notice, by channel, counted from the ledger now")
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon notices status inc-0123456789abcdef notice-0123456789abcdef")
    .action(async (incidentId: string, noticeId: string, options: StatusOptions) => {
      const client = await operatorClient(options);
      const deliveries = await client.readDeliveries(incidentId, noticeId);
      if (options.json === true) await printJson(deliveries);
      else await printLines(...deliveryLines(deliveries).map(oneLine));
    });
}
