import { bundleBytesMax, inspectBundle } from "@cordon/bundle";
import { parsePolicy } from "@cordon/gate";
import type { Command } from "commander";
import { asNoBundle, maxBytesOption } from "../bundle-file.ts";
import { readInputFile } from "../input-file.ts";
import { readPrivateKeyFile } from "../key-file.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";
import { writeFileWhole } from "../write-file.ts";

interface SignOptions {
  readonly key: string;
  readonly maxBytes: number;
  readonly json?: true;
}

export function registerBundleSign(program: Command): void {
  noun(program, "bundle")
    .command("sign")
    .description("add a signature to a bundle (a second one by the same key changes nothing)")
    .argument("<file>", "the bundle; written whole or not at all")
    .requiredOption("--key <file>", "private key that signs, PKCS#8 PEM")
    .addOption(maxBytesOption())
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon bundle sign policy.bundle --key second/private.pem")
    .action(async (file: string, options: SignOptions) => {
      const { signBundle } = await import("@cordon/control-plane");
      const privateKeyPem = await readPrivateKeyFile(options.key);
      const bytes = await readInputFile(file, options.maxBytes, "a bundle");
      const limits = { bundleBytesMax: options.maxBytes };
      const { signed, bundle } = asNoBundle(file, () => {
        // What no gate would read is not worth a signature.
        const unsigned = inspectBundle(bytes, limits);
        unsigned.prepare();
        parsePolicy(unsigned.policy, unsigned.sets.keys());
        const after = signBundle(bytes, privateKeyPem, limits);
        return { signed: after, bundle: inspectBundle(after, { bundleBytesMax }) };
      });
      await writeFileWhole(file, signed);
      const { version, signedBy } = bundle;
      if (options.json) await printJson({ version, bytes: signed.length, signatures: signedBy });
      else await printLines(`${file}: version ${version}, ${signedBy.length} signatures`);
    });
}
