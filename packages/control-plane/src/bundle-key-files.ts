import { createPublicKey } from "node:crypto";
import { join } from "node:path";
import { generateBundleKeyPair, type BundleKeyPair } from "./bundle-keys.ts";
import { secretFile } from "./secret-file.ts";

/** The key pair in HOME/keys that bundles are signed with, made at the first start. */
export async function bundleKeysOf(home: string): Promise<BundleKeyPair> {
  const privateKeyPem = await secretFile(
    join(home, "keys", "bundle.private.pem"),
    () => generateBundleKeyPair().privateKeyPem,
  );
  // Always the one that belongs to the private key, whoever made the files.
  const publicKeyPem = createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }).toString();
  await secretFile(join(home, "keys", "bundle.public.pem"), () => publicKeyPem);
  return { privateKeyPem, publicKeyPem };
}
