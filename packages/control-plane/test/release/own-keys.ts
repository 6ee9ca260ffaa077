import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BundleKeyPair } from "@cordon/control-plane";

/** The keys that a control plane signs bundles with. */
export async function ownKeysOf(home: string): Promise<BundleKeyPair> {
  const read = (name: string) => readFile(join(home, "keys", name), "utf8");
  return {
    privateKeyPem: await read("bundle.private.pem"),
    publicKeyPem: await read("bundle.public.pem"),
  };
}
