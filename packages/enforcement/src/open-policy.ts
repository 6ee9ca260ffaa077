import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";

import { BundleError, openBundle, readLayout } from "@cordon/bundle";
import type { SignaturePolicy } from "@cordon/bundle";
import { compilePolicy, GateError, parsePolicy } from "@cordon/gate";

import type { PolicyInForce } from "./policy-in-force.ts";
import { BundleRefused } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

const refusalOf: Readonly<Record<BundleError["code"], Refusal>> = {
  ERR_BUNDLE_SIZE: "oversize",
  ERR_BUNDLE_FORMAT: "malformed",
  ERR_BUNDLE_SIGNATURE: "bad-signature",
  ERR_BUNDLE_THRESHOLD: "bad-signature",
  ERR_BUNDLE_EXPIRED: "expired",
  ERR_BUNDLE_ROLLBACK: "rollback",
};

/**
 * Verifies and compiles a bundle; throws BundleRefused for one that is not signed by enough of the keys, over the limit,
 * or no bundle. Whether it may come into force is asked elsewhere: that depends on the one that is.
 */
export async function openPolicy(
  bytes: Uint8Array,
  signatures: SignaturePolicy,
  bundleBytesMax: number,
): Promise<PolicyInForce> {
  try {
    const { signedPart, ...digests } = digestsOf(bytes, bundleBytesMax);
    const bundle = openBundle(bytes, {
      ...signatures,
      sha256: (part) => (isSamePart(part, signedPart) ? digests.content : signatures.sha256(part)),
      bundleBytesMax,
    });
    const policy = parsePolicy(bundle.policy, bundle.sets.keys());
    // All sections before the swap, so that no decision ever meets a malformed one; requests are answered between two.
    for (const set of bundle.sets.values()) {
      set.prepare();
      await nextTurn();
    }
    return {
      version: bundle.version,
      sha256: digests.file.toString("hex"),
      contentSha256: digests.content.toString("hex"),
      expiresAtMs: bundle.expiresAtMs,
      compiled: compilePolicy(policy, bundle.sets),
      rules: new Map(policy.rules.map((rule) => [rule.id, rule])),
      refusingRule: policy.rules.find(({ measure }) => measure === "refuse_client")?.id ?? null,
      allowed: {
        allow: true,
        directives: [],
        bundleVersion: bundle.version,
        maxAgeSeconds: null,
      },
    };
  } catch (cause) {
    if (cause instanceof BundleError)
      throw new BundleRefused(refusalOf[cause.code], cause.message, { cause });
    if (cause instanceof GateError) throw new BundleRefused("malformed", cause.message, { cause });
    throw cause;
  }
}

/** SHA-256 of what is signed and of the whole file, in one pass: a large bundle is hashed once. */
function digestsOf(
  bytes: Uint8Array,
  bundleBytesMax: number,
): { readonly signedPart: Uint8Array; readonly content: Buffer; readonly file: Buffer } {
  const { signedPart } = readLayout(bytes, bundleBytesMax);
  const hash = createHash("sha256").update(signedPart);
  const content = hash.copy().digest();
  return { signedPart, content, file: hash.update(bytes.subarray(signedPart.length)).digest() };
}

function isSamePart(a: Uint8Array, b: Uint8Array): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.length === b.length;
}
