import { createPublicKey } from "node:crypto";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { readPrivateKeyFile } from "../key-file.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";
import { documentBytes, readTrustFile } from "../trust-file.ts";
import { writeFileWhole } from "../write-file.ts";

interface SignOptions {
  readonly key: string;
  readonly previous?: string;
  readonly json?: true;
}

export function registerTrustSign(program: Command): void {
  noun(program, "trust")
    .command("sign")
    .description("add a signature to a trust root (a second one by the same key changes nothing)")
    .argument("<file>", "the trust root; written whole or not at all")
    .requiredOption("--key <file>", "private root key, PKCS#8 PEM")
    .option("--previous <file>", "the version before it, when the key is one of that version alone")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon trust sign 2 --key a/private.pem --previous 1")
    .action(sign);
}

async function sign(file: string, options: SignOptions): Promise<void> {
  const [{ trustRootDomain }, { readBundlePublicKey, signDocument }] = await Promise.all([
    import("@cordon/bundle"),
    import("@cordon/control-plane"),
  ]);
  const privateKeyPem = await readPrivateKeyFile(options.key);
  const { root, document } = await readTrustFile(file);
  const previous =
    options.previous === undefined ? [] : (await readTrustFile(options.previous)).root.rootKeys;
  const publicKeyPem = createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }).toString();
  const publicKey = Buffer.from(readBundlePublicKey(publicKeyPem));
  if (![...root.rootKeys, ...previous].some((key) => publicKey.equals(key))) {
    const expected = "one of its root keys, or --previous with the version whose key it is";
    throw new CliError("ERR_CLI_FILE", `${options.key}: counts for nothing in ${file}, expected ${expected}`);
  }
  const signed = signDocument(document, trustRootDomain, privateKeyPem);
  await writeFileWhole(file, documentBytes(file, signed));
  const signatures = signed.signatures.map(({ keyId }) => Buffer.from(keyId).toString("hex"));
  if (options.json) await printJson({ version: root.version, signatures });
  else await printLines(`${file}: trust root version ${root.version}, ${signatures.length} signatures`);
}
