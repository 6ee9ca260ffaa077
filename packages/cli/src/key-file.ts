import { InputError } from "@cordon/model";
import { CliError } from "./cli-error.ts";
import { readInputText } from "./input-file.ts";

const keyBytesMax = 64 * 1024;

/** The raw public keys of SPKI PEM files. Throws a CliError that names the file when one is no Ed25519 public key. */
export async function readPublicKeyFiles(files: readonly string[]): Promise<readonly Uint8Array[]> {
  const { readBundlePublicKey } = await import("@cordon/control-plane");
  const keys: Uint8Array[] = [];
  for (const file of files) {
    const pem = await readInputText(file, keyBytesMax, "an Ed25519 public key (SPKI PEM)");
    keys.push(namingFile(file, () => readBundlePublicKey(pem)));
  }
  return keys;
}

/** The PEM text of a private key. Throws a CliError that names the file when it is no Ed25519 key. */
export async function readPrivateKeyFile(file: string): Promise<string> {
  const { readBundlePrivateKey } = await import("@cordon/control-plane");
  const pem = await readInputText(file, keyBytesMax, "an Ed25519 private key (PKCS#8 PEM)");
  namingFile(file, () => readBundlePrivateKey(pem));
  return pem;
}

function namingFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const line = `${file}: ${error.message}, expected ${error.expected}`;
    throw new CliError("ERR_CLI_FILE", line, { cause: error });
  }
}
