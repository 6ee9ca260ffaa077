import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BundleError,
  bundleBytesMax,
  checkSignatures,
  checkTrustRoot,
  checkTrustUpdate,
  readLayout,
  readTrustRoot,
  type SignedTrustRoot,
  type TrustRoot,
} from "@cordon/bundle";
import { sha256, verifyEd25519 } from "../bundle-keys.ts";

const crypto = { sha256, verify: verifyEd25519 };

/**
 * The newest trust root of HOME/bundles/trust, by which enforcement points check bundles; null where none was put there. Throws a
 * TrustError when a version does not follow the one before: then nobody can say whose signatures count.
 */
export async function bundleTrust(home: string): Promise<TrustRoot | null> {
  const folder = join(home, "bundles", "trust");
  let last: SignedTrustRoot | null = null;
  for (const version of await versionsIn(folder)) {
    const next = readTrustRoot(await readFile(join(folder, String(version))));
    if (last === null) checkTrustRoot(next, crypto);
    else checkTrustUpdate(last.root, next, crypto);
    last = next;
  }
  return last?.root ?? null;
}

async function versionsIn(folder: string): Promise<number[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /^[1-9]\d{0,15}$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Whether a point that goes by this root would take the bundle. */
export function isSignedEnough(bytes: Uint8Array, root: TrustRoot): boolean {
  try {
    checkSignatures(readLayout(bytes, bundleBytesMax), {
      keys: root.bundleKeys,
      threshold: root.bundleThreshold,
      ...crypto,
    });
    return true;
  } catch (error) {
    if (error instanceof BundleError) return false;
    throw error;
  }
}

/** SHA-256 of a raw public key, hex: how a signature names it. */
export function keyIdOf(publicKey: Uint8Array): string {
  return Buffer.from(sha256(publicKey)).toString("hex");
}
