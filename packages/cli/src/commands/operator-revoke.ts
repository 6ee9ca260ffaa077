import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { addServerOptions, operatorLines } from "../operator-options.ts";
import { printJson, printLines } from "../output.ts";

interface RevokeOptions extends OperatorOptions {
  readonly json?: true;
}

export function registerOperatorRevoke(program: Command): void {
  const command = noun(program, "operator")
    .command("revoke")
    .description("end an operator with sessions, tokens and passkeys; the name stays taken")
    .argument("<name>", "the operator");
  addServerOptions(command, "administrator's")
    .addHelpText("after", "\nExample:\n  cordon operator revoke second-approver")
    .action(async (name: string, options: RevokeOptions) => {
      const operator = await (await operatorClient(options, "administrator")).revokeOperator(name);
      if (options.json === true) await printJson(operator);
      else await printLines(...operatorLines([operator]).map(oneLine));
    });
}
