import { mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { fileError } from "../input-file.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";

const privateMode = 0o600;
const publicMode = 0o644;

export function registerKeyGenerate(program: Command): void {
  noun(program, "key")
    .command("generate")
    .description("make an Ed25519 key pair that signs bundles: private.pem (0600) and public.pem")
    .option(
      "--age",
      "an age identity that bundles are encrypted to instead: identity.txt (0600), recipient.txt",
    )
    .requiredOption("--out <dir>", "folder for the two files; existing keys are never overwritten")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon key generate --out keys")
    .action(async (options: { out: string; age?: true; json?: true }) => {
      if (options.age) {
        await generateAge(options);
        return;
      }
      const { generateBundleKeyPair } = await import("@cordon/control-plane");
      const pair = generateBundleKeyPair();
      const privateFile = path.join(options.out, "private.pem");
      const publicFile = path.join(options.out, "public.pem");
      await makeFolder(options.out);
      await writePair([privateFile, pair.privateKeyPem], [publicFile, pair.publicKeyPem]);
      if (options.json) await printJson({ private: privateFile, public: publicFile });
      else await printLines(`private key: ${privateFile}`, `public key:  ${publicFile}`);
    });
}

/** Files as age-keygen writes them, so that `age` reads them too. */
async function generateAge(options: { readonly out: string; readonly json?: true }): Promise<void> {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const identityFile = path.join(options.out, "identity.txt");
  const recipientFile = path.join(options.out, "recipient.txt");
  await makeFolder(options.out);
  await writePair(
    [identityFile, `# public key: ${recipient}\n${identity}\n`],
    [recipientFile, `${recipient}\n`],
  );
  if (options.json) await printJson({ identity: identityFile, recipient });
  else await printLines(`identity:  ${identityFile}`, `recipient: ${recipient}`);
}

/** Both or neither. */
async function writePair(
  [privateFile, privateText]: readonly [string, string],
  [publicFile, publicText]: readonly [string, string],
): Promise<void> {
  await writeNew(privateFile, privateText, privateMode);
  try {
    await writeNew(publicFile, publicText, publicMode);
  } catch (error) {
    await rm(privateFile);
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(folder, error, "a folder for the keys");
  }
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    const handle = await open(file, "wx", mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      const line = `${file}: is there already, expected a folder without keys (they are never overwritten)`;
      throw new CliError("ERR_CLI_FILE", line, { cause: error });
    }
    throw fileError(file, error, "a file that can be written");
  }
}
