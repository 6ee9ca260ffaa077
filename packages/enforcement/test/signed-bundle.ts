import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import {
  addSignature,
  encodeBundle,
  encodeFingerprints,
  hashAccounts,
  noAccounts,
  noOrdinals,
  readLayout,
  signingInput,
} from "@cordon/bundle";

const bundleBytesMax = 1 << 24;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

export interface TestKey {
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

export function newKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, publicPem: publicKey.export({ type: "spki", format: "pem" }).toString() };
}

export interface BundleInput {
  readonly version: number;
  readonly rules?: readonly object[];
  readonly cohorts?: Readonly<Record<string, readonly string[]>>;
  readonly expiresAtMs?: number | null;
  readonly keys: readonly TestKey[];
}

/** A bundle by account, built from its definition alone. */
export function signedBundle({
  version,
  rules = [],
  cohorts = {},
  expiresAtMs = null,
  keys,
}: BundleInput): Uint8Array {
  const bytes = encodeBundle(
    {
      policy: { version, rules },
      asOfMs: 0,
      expiresAtMs,
      by: "account",
      accounts: 1000,
      salt: 0,
      cohorts: Object.entries(cohorts).map(([name, ids]) => {
        if (ids.length === 0) return { name, members: 0, account: noAccounts, ordinal: noOrdinals };
        const fingerprints = encodeFingerprints(hashAccounts(ids, 0));
        if (fingerprints === null) throw new Error("two ids with one fingerprint");
        const account = { kind: "fingerprints", bytes: fingerprints } as const;
        return { name, members: ids.length, account, ordinal: noOrdinals };
      }),
    },
    bundleBytesMax,
  );
  return keys.reduce(signed, bytes);
}

export function signed(bytes: Uint8Array, { privateKey }: TestKey): Uint8Array {
  const signature = sign(
    null,
    signingInput(readLayout(bytes, bundleBytesMax).signedPart, sha256),
    privateKey,
  );
  const publicKey = Buffer.from(createPublicKey(privateKey).export({ format: "jwk" }).x ?? "", "base64url");
  return addSignature(bytes, { publicKey, signature }, { sha256, bundleBytesMax });
}

/** The same bundle with one byte of its policy changed. */
export function tampered(bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const at = Buffer.from(bytes).indexOf('"version"') + 1;
  changed[at] = "V".charCodeAt(0);
  return changed;
}
