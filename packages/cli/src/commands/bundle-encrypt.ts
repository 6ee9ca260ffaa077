import { readLayout } from "@cordon/bundle";
import { Option, type Command } from "commander";
import { asNoBundle, maxBytesOption } from "../bundle-file.ts";
import { CliError } from "../cli-error.ts";
import { readInputFile } from "../input-file.ts";
import { noun } from "../noun.ts";
import { repeatedOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { writeFileWhole } from "../write-file.ts";

interface EncryptOptions {
  readonly recipient: readonly string[];
  readonly out: string;
  readonly maxBytes: number;
  readonly json?: true;
}

export function registerBundleEncrypt(program: Command): void {
  noun(program, "bundle")
    .command("encrypt")
    .description("encrypt a bundle to enforcement points (age), for a host that anybody can read")
    .argument("<file>", "the bundle")
    .addOption(
      new Option("--recipient <age1…>", "a point's recipient, as `key generate --age` prints it (repeatable)")
        .argParser(repeatedOption)
        .makeOptionMandatory(),
    )
    .requiredOption("--out <file>", "the encrypted bundle; written whole or not at all")
    .addOption(maxBytesOption())
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon bundle encrypt 7.bundle --recipient age1… --out public/current",
    )
    .action(async (file: string, options: EncryptOptions) => {
      const bytes = await readInputFile(file, options.maxBytes, "a bundle");
      asNoBundle(file, () => readLayout(bytes, options.maxBytes));
      const encrypted = await encrypt(bytes, options.recipient);
      await writeFileWhole(options.out, encrypted);
      const recipients = options.recipient.length;
      if (options.json) await printJson({ out: options.out, bytes: encrypted.length, recipients });
      else await printLines(`${options.out}: ${encrypted.length} bytes, for ${recipients} recipients`);
    });
}

async function encrypt(bytes: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      const line = `--recipient: \`${recipient}\` is no age recipient, expected age1…`;
      throw new CliError("ERR_CLI_USAGE", line, { cause });
    }
  }
  return encrypter.encrypt(bytes);
}
