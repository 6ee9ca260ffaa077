import type { CordonClient } from "@cordon/sdk";
import { Option, type Command } from "commander";
import { noun } from "./noun.ts";
import { oneLine } from "./one-line.ts";
import { operatorClient, type OperatorOptions } from "./operator-client.ts";
import { printJson, printLines } from "./output.ts";

export interface OperatorVerbOptions extends OperatorOptions {
  readonly as: string;
  readonly json?: true;
}

/** What a verb answers: the document of `--json`, and its lines for people. */
export interface Told {
  readonly document: unknown;
  readonly lines: readonly string[];
}

/** A verb that speaks to a running control plane as an operator: adds what all of them take. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- each verb names the options that it adds
export function operatorVerb<Options extends OperatorVerbOptions>(
  program: Command,
  verb: {
    readonly noun: string;
    /** As commander reads it: `approve <plan>`. */
    readonly usage: string;
    readonly description: string;
    readonly example: string;
    readonly options?: readonly Option[];
    readonly run: (client: CordonClient, args: readonly string[], options: Options) => Promise<Told>;
  },
): void {
  const command = noun(program, verb.noun).command(verb.usage).description(verb.description);
  for (const option of verb.options ?? []) command.addOption(option);
  command
    .addOption(
      new Option("--as <operator>", "whose token of the home folder is used, without CORDON_TOKEN").default(
        "author",
      ),
    )
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder that holds the token")
    .option("--json", "print one JSON document")
    .addHelpText("after", `\nExample:\n  ${verb.example}`)
    .action(async () => {
      const options = command.opts<Options>();
      const client = await operatorClient(options, options.as);
      const { document, lines } = await verb.run(client, command.args, options);
      if (options.json) await printJson(document);
      else await printLines(...lines.map(oneLine));
    });
}
