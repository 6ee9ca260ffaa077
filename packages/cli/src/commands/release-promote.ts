import type { Command } from "commander";
import { noun } from "../noun.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { printRelease } from "../release-lines.ts";

export function registerReleasePromote(program: Command): void {
  noun(program, "release")
    .command("promote")
    .description("give the bundle that only some enforcement points have to all of them, now")
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon release promote --home .cordon")
    .action(async (options: OperatorOptions & { readonly json?: true }) => {
      const client = await operatorClient(options);
      await printRelease(await client.promoteRelease(), options.json);
    });
}
