import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { addServerOptions, rolesOption } from "../operator-options.ts";
import { printJson, printLines } from "../output.ts";

interface InviteOptions extends OperatorOptions {
  readonly roles?: ReturnType<typeof rolesOption>;
  readonly displayName?: string;
  readonly json?: true;
}

const example = `
The link is shown this once, is good for a day and for one browser. Without --roles an operator who is there gets a new
link; their passkeys of before end when it is used.

Example:
  cordon operator invite astrid.ek --display-name "Astrid Ek" --roles viewer,approver`;

export function registerOperatorInvite(program: Command): void {
  const command = noun(program, "operator")
    .command("invite")
    .description("a new operator, with a one-time link to enrol a passkey")
    .argument("<name>", "goes on record with every decision: a-z 0-9 . _ @ -")
    .option("--roles <roles>", "viewer, investigator, responder, approver, administrator", rolesOption)
    .option("--display-name <name>", "as people call them");
  addServerOptions(command, "administrator's")
    .addHelpText("after", example)
    .action(async (name: string, options: InviteOptions) => {
      const client = await operatorClient(options, "administrator");
      const invitation = await client.inviteOperator({
        name,
        ...(options.roles === undefined ? {} : { roles: options.roles }),
        ...(options.displayName === undefined ? {} : { displayName: options.displayName }),
      });
      if (options.json === true) await printJson(invitation);
      else await printLines(invitation.link, oneLine(`for ${name}, once, until ${invitation.until}`));
    });
}
