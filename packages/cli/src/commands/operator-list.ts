import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { addServerOptions, operatorLines } from "../operator-options.ts";
import { printJson, printLines } from "../output.ts";

interface ListOptions extends OperatorOptions {
  readonly json?: true;
}

export function registerOperatorList(program: Command): void {
  const command = noun(program, "operator")
    .command("list")
    .description("who may act, as what, and how they sign in");
  addServerOptions(command, "administrator's")
    .addHelpText("after", "\nExample:\n  cordon operator list --home .cordon")
    .action(async (options: ListOptions) => {
      const list = await (await operatorClient(options, "administrator")).listOperators();
      if (options.json === true) await printJson(list);
      else await printLines(...operatorLines(list.operators).map(oneLine));
    });
}
