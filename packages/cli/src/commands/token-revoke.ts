import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { addServerOptions } from "../operator-options.ts";
import { printJson, printLines } from "../output.ts";

interface RevokeOptions extends OperatorOptions {
  readonly json?: true;
}

export function registerTokenRevoke(program: Command): void {
  const command = noun(program, "token")
    .command("revoke")
    .description("end an API token at once")
    .argument("<id>", "as `token list` shows it");
  addServerOptions(command, "author's")
    .addHelpText("after", "\nExample:\n  cordon token revoke token-5f2c8a10b3d4e6f7")
    .action(async (id: string, options: RevokeOptions) => {
      const token = await (await operatorClient(options)).revokeToken(id);
      if (options.json === true) await printJson(token);
      else await printLines(oneLine(`${token.id}: ${token.state}`));
    });
}
