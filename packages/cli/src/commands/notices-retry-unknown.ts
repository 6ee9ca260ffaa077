import { Option, type Command } from "commander";
import { noun } from "../noun.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { repeatedOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";

interface RetryOptions extends OperatorOptions {
  readonly because: string;
  readonly account: readonly string[];
  readonly json?: true;
}

export function registerNoticesRetryUnknown(program: Command): void {
  noun(program, "notices")
    .command("retry-unknown <incident> <notice>")
    .description("choose to send again to people of unknown fate: some of them may get it twice")
    .requiredOption("--because <text>", "why, for the journal")
    .addOption(
      new Option("--account <id>", "only this one (repeatable)").argParser(repeatedOption).default([], "all"),
    )
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `\nExample:\n  cordon notices retry-unknown inc-0123456789abcdef notice-0123456789abcdef --because "the relay lost them"`,
    )
    .action(async (incidentId: string, noticeId: string, options: RetryOptions) => {
      const client = await operatorClient(options);
      const accounts = options.account.length === 0 ? {} : { accounts: [...options.account] };
      const retried = await client.retryUnknown(incidentId, noticeId, {
        because: options.because,
        ...accounts,
      });
      if (options.json === true) await printJson(retried);
      else await printLines(`${retried.people} planned again`);
    });
}
