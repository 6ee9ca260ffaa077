import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { addServerOptions, operatorLines, rolesOption } from "../operator-options.ts";
import { printJson, printLines } from "../output.ts";

interface GrantOptions extends OperatorOptions {
  readonly roles: ReturnType<typeof rolesOption>;
  readonly json?: true;
}

export function registerOperatorGrant(program: Command): void {
  const command = noun(program, "operator")
    .command("grant")
    .description("give an operator these roles in place of those of before; their sessions end")
    .argument("<name>", "the operator")
    .requiredOption("--roles <roles>", "all that they are to have from now on", rolesOption);
  addServerOptions(command, "administrator's")
    .addHelpText("after", "\nExample:\n  cordon operator grant astrid.ek --roles viewer,responder")
    .action(async (name: string, options: GrantOptions) => {
      const client = await operatorClient(options, "administrator");
      const operator = await client.setOperatorRoles(name, { roles: options.roles });
      if (options.json === true) await printJson(operator);
      else await printLines(...operatorLines([operator]).map(oneLine));
    });
}
