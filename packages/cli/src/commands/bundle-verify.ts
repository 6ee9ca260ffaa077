import type { Command } from "commander";
import { addTrustOptions, openTrustedBundle, type TrustOptions } from "../bundle-file.ts";
import { NoAnswer } from "../cli-error.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { instantOption, instantText, repeatedOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { checkStamp, type StampCheck } from "../stamp-file.ts";

export function registerBundleVerify(program: Command): void {
  const command = noun(program, "bundle")
    .command("verify")
    .description("check who signed a bundle: exit 0 when the keys did, 1 when not");
  addTrustOptions(command.argument("<file>", "the bundle"))
    .option("--stamp <file>", "a freshness stamp that must be of this bundle and still say so")
    .option("--stamp-key <file>", "public freshness key, SPKI PEM", repeatedOption)
    .option("--now <time>", "as of this time, for the stamp (default: the clock)", instantOption("--now"))
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon bundle verify policy.bundle --key keys/public.pem")
    .action(async (file: string, options: TrustOptions & StampCheck & { json?: true }) => {
      try {
        const { bundle, contentSha256 } = await openTrustedBundle(file, options);
        await checkStamp(options, { version: bundle.version, contentSha256 });
        const { version, signedBy } = bundle;
        const expires = instantText(bundle.expiresAtMs);
        if (options.json) {
          await printJson({ verified: true, version, expires, signatures: signedBy, failure: null });
        } else {
          await printLines(`${file}: verified, version ${version}, expires ${expires ?? "never"}`);
        }
      } catch (error) {
        if (options.json && error instanceof NoAnswer) {
          await printJson({ verified: false, failure: oneLine(error.message) });
        }
        throw error;
      }
    });
}
