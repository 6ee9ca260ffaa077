import { BundleError } from "./bundle-error.ts";
import type { Sha256, VerifyEd25519 } from "./crypto.ts";
import { compareBytes, readLayout, writeLayout, type Layout } from "./layout.ts";

/** What a signature of a bundle can never be mistaken for one of anything else by. */
const domain = new TextEncoder().encode("cordon bundle signature v1\n");

/** The bytes that each key signs: the domain, then SHA-256 of the signed part. */
export function signingInput(signedPart: Uint8Array, sha256: Sha256): Uint8Array {
  const digest = sha256(signedPart);
  const message = new Uint8Array(domain.length + digest.length);
  message.set(domain, 0);
  message.set(digest, domain.length);
  return message;
}

/**
 * The same bundle with one signature more. A key that signed before has its signature replaced, so it never counts twice.
 * Throws a BundleError when `bytes` are no bundle.
 */
export function addSignature(
  bytes: Uint8Array,
  added: { readonly publicKey: Uint8Array; readonly signature: Uint8Array },
  options: { readonly sha256: Sha256; readonly bundleBytesMax: number },
): Uint8Array {
  const { signedPart, signatures } = readLayout(bytes, options.bundleBytesMax);
  const keyId = options.sha256(added.publicKey);
  const others = signatures.filter((signature) => compareBytes(signature.keyId, keyId) !== 0);
  const signed = writeLayout({ signedPart, signatures: [...others, { keyId, signature: added.signature }] });
  if (signed.length <= options.bundleBytesMax) return signed;
  throw new BundleError("ERR_BUNDLE_SIZE", `signed it is over the limit of ${options.bundleBytesMax} bytes`);
}

export interface SignaturePolicy {
  /** Raw public keys. One that is given twice counts once. */
  readonly keys: readonly Uint8Array[];
  /** So many of them must have signed; at least 1. */
  readonly threshold: number;
  readonly sha256: Sha256;
  readonly verify: VerifyEd25519;
}

/**
 * Throws a BundleError unless at least `threshold` of the keys have signed (ERR_BUNDLE_THRESHOLD) and every signature
 * that one of them is said to have made verifies (ERR_BUNDLE_SIGNATURE): a wrong one is a sign of tampering even where
 * others suffice. Signatures by other keys are left alone.
 */
export function checkSignatures(layout: Layout, { keys, threshold, sha256, verify }: SignaturePolicy): void {
  const message = signingInput(layout.signedPart, sha256);
  const keyById = new Map(keys.map((key) => [hex(sha256(key)), key]));
  let verified = 0;
  for (const { keyId, signature } of layout.signatures) {
    const key = keyById.get(hex(keyId));
    if (key === undefined) continue;
    if (!verify(key, message, signature)) {
      throw new BundleError(
        "ERR_BUNDLE_SIGNATURE",
        `the signature by key ${hex(keyId).slice(0, 16)} is wrong`,
      );
    }
    verified++;
  }
  if (verified < Math.max(threshold, 1)) {
    const have = `${verified} of the given keys signed it`;
    throw new BundleError("ERR_BUNDLE_THRESHOLD", `${have}, ${Math.max(threshold, 1)} must have`);
  }
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
