import { createPublicKey } from "node:crypto";

import { CliError } from "../cli-error.ts";
import { readInputText } from "../input-file.ts";

const secretBytesMax = 4096;
const keyBytesMax = 64 * 1024;

/** The one line of a file that holds a secret. */
export async function readSecret(file: string, expected: string): Promise<string> {
  const text = (await readInputText(file, secretBytesMax, expected)).trim();
  if (text !== "" && !/\s/.test(text)) return text;
  throw new CliError("ERR_CLI_FILE", `${file}: not one word, expected ${expected}`);
}

/** The PEM texts of Ed25519 public keys. Throws a CliError that names the file which is none. */
export async function readPublicPems(files: readonly string[]): Promise<readonly string[]> {
  const pems: string[] = [];
  for (const file of files) {
    const expected = "an Ed25519 public key (SPKI PEM)";
    const pem = await readInputText(file, keyBytesMax, expected);
    if (!isEd25519PublicKey(pem))
      throw new CliError("ERR_CLI_FILE", `${file}: no such key, expected ${expected}`);
    pems.push(pem);
  }
  return pems;
}

function isEd25519PublicKey(pem: string): boolean {
  // createPublicKey would derive it from a private key, too.
  if (!pem.includes("PUBLIC KEY")) return false;
  try {
    return createPublicKey(pem).asymmetricKeyType === "ed25519";
  } catch {
    return false;
  }
}
