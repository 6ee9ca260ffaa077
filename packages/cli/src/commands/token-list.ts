import type { Command } from "commander";
import { alignColumns } from "../align-columns.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { addServerOptions } from "../operator-options.ts";
import { printJson, printLines } from "../output.ts";

interface ListOptions extends OperatorOptions {
  readonly json?: true;
}

export function registerTokenList(program: Command): void {
  const command = noun(program, "token")
    .command("list")
    .description("the API tokens of the operator whose token this command has");
  addServerOptions(command, "author's")
    .addHelpText("after", "\nExample:\n  cordon token list")
    .action(async (options: ListOptions) => {
      const list = await (await operatorClient(options)).listTokens();
      if (options.json === true) return printJson(list);
      const rows = list.tokens.map(({ id, state, label, roles, readOnly, expiresAt, lastUsedAt }) => [
        id,
        state,
        readOnly ? "read only" : "",
        roles.join(","),
        `until ${expiresAt}`,
        lastUsedAt === null ? "never used" : `used ${lastUsedAt}`,
        label,
      ]);
      await printLines(...alignColumns(rows).map(oneLine));
    });
}
