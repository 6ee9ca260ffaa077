import { BundleError, openBundle, readLayout } from "@cordon/bundle";
import type { SignaturePolicy } from "@cordon/bundle";
import { compilePolicy, GateError, parsePolicy } from "@cordon/gate";

import { sha256 } from "./bundle-keys.ts";
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
export function openPolicy(
  bytes: Uint8Array,
  signatures: SignaturePolicy,
  bundleBytesMax: number,
): PolicyInForce {
  try {
    const bundle = openBundle(bytes, { ...signatures, bundleBytesMax });
    const policy = parsePolicy(bundle.policy, bundle.sets.keys());
    return {
      version: bundle.version,
      sha256: hex(sha256(bytes)),
      contentSha256: hex(sha256(readLayout(bytes, bundleBytesMax).signedPart)),
      expiresAtMs: bundle.expiresAtMs,
      compiled: compilePolicy(policy, bundle.sets),
      rules: new Map(policy.rules.map((rule) => [rule.id, rule])),
      refusingRule: policy.rules.find(({ measure }) => measure === "refuse_client")?.id ?? null,
    };
  } catch (cause) {
    if (cause instanceof BundleError)
      throw new BundleRefused(refusalOf[cause.code], cause.message, { cause });
    if (cause instanceof GateError) throw new BundleRefused("malformed", cause.message, { cause });
    throw cause;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
