import type { Command } from "commander";
import { noun } from "../noun.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { printRelease } from "../release-lines.ts";

export function registerReleaseShow(program: Command): void {
  noun(program, "release")
    .command("show")
    .description("which bundle which enforcement points are given")
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon release show --home .cordon")
    .action(async (options: OperatorOptions & { readonly json?: true }) => {
      const client = await operatorClient(options);
      await printRelease(await client.readRelease(), options.json);
    });
}
