import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { addServerOptions, rolesOption } from "../operator-options.ts";
import { wholeNumberOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";

interface CreateOptions extends OperatorOptions {
  readonly roles?: ReturnType<typeof rolesOption>;
  readonly readOnly?: true;
  readonly days: number;
  readonly json?: true;
}

const daysMax = 366;

export function registerTokenCreate(program: Command): void {
  const command = noun(program, "token")
    .command("create")
    .description("an API token of the operator whose token this command has; it is shown this once")
    .argument("<label>", "what it is for")
    .option("--roles <roles>", "some of one's own; without it all of them", rolesOption)
    .option("--read-only", "queries alone")
    .option("--days <n>", "how long it is good", wholeNumberOption("--days", 1, daysMax), 30);
  addServerOptions(command, "author's")
    .addHelpText(
      "after",
      '\nExample:\n  cordon token create "status board" --roles viewer --read-only --days 90',
    )
    .action(async (label: string, options: CreateOptions) => {
      const created = await (
        await operatorClient(options)
      ).createToken({
        label,
        days: options.days,
        ...(options.roles === undefined ? {} : { roles: options.roles }),
        ...(options.readOnly === true ? { readOnly: true } : {}),
      });
      const { token, secret } = created;
      if (options.json === true) await printJson(created);
      else await printLines(secret, oneLine(`${token.id} of ${token.operator}, until ${token.expiresAt}`));
    });
}
