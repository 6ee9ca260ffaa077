import { createHash, createPublicKey, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { SignaturePolicy } from "@cordon/bundle";

import { EnforcementError } from "./errors.ts";

/**
 * Who must have signed a bundle, with node:crypto behind it. Throws an EnforcementError for a key that is no Ed25519
 * public key in PEM (SPKI), and for a threshold that the keys can't meet.
 */
export function signaturePolicy(pems: readonly string[], threshold: number): SignaturePolicy {
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > pems.length) {
    throw new EnforcementError(
      "ERR_ENFORCEMENT_KEY",
      `a threshold of ${threshold} can't be met by ${pems.length} keys`,
    );
  }
  const keyObjects = new Map<Uint8Array, KeyObject>();
  for (const pem of pems) {
    const key = readPublicKey(pem);
    if (key?.asymmetricKeyType !== "ed25519") {
      throw new EnforcementError("ERR_ENFORCEMENT_KEY", "a bundle key is no Ed25519 public key in PEM");
    }
    keyObjects.set(Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url"), key);
  }
  return {
    keys: [...keyObjects.keys()],
    threshold,
    sha256,
    verify: (publicKey, message, signature) => {
      const key = keyObjects.get(publicKey);
      return key !== undefined && verify(null, message, key, signature);
    },
  };
}

function readPublicKey(pem: string): KeyObject | null {
  // createPublicKey would derive it from a private key, too; one does not belong on an enforcement point.
  if (!pem.includes("PUBLIC KEY")) return null;
  try {
    return createPublicKey(pem);
  } catch {
    // The caller names what it expected.
    return null;
  }
}

/** Keys that stay parsed: those of a few trust roots. */
const parsedKeysMax = 512;
const parsedKeys = new Map<string, KeyObject>();

/** SHA-256 and Ed25519 over raw public keys, as trust roots hold them. */
export const rawVerification: Pick<SignaturePolicy, "sha256" | "verify"> = {
  sha256,
  verify: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString("base64url");
    let key = parsedKeys.get(x);
    if (key === undefined) {
      key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
      if (parsedKeys.size >= parsedKeysMax) parsedKeys.clear();
      parsedKeys.set(x, key);
    }
    return verify(null, message, key, signature);
  },
};

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
