import { createPublicKey } from "node:crypto";
import { join } from "node:path";
import { generateBundleKeyPair, type BundleKeyPair } from "./bundle-keys.ts";
import { secretFile } from "./secret-file.ts";

/** The key pair in HOME/keys that bundles are signed with, made at the first start. */
export function bundleKeysOf(home: string): Promise<BundleKeyPair> {
  return keysOf(home, "bundle");
}

/** The key pair in HOME/keys that freshness stamps are signed with, and nothing else. */
export function freshnessKeysOf(home: string): Promise<BundleKeyPair> {
  return keysOf(home, "freshness");
}

async function keysOf(home: string, name: string): Promise<BundleKeyPair> {
  const privateKeyPem = await secretFile(
    join(home, "keys", `${name}.private.pem`),
    () => generateBundleKeyPair().privateKeyPem,
  );
  // Always the one that belongs to the private key, whoever made the files.
  const publicKeyPem = createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }).toString();
  await secretFile(join(home, "keys", `${name}.public.pem`), () => publicKeyPem);
  return { privateKeyPem, publicKeyPem };
}
