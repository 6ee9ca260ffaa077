import type { Sha256, VerifyEd25519 } from "./crypto.ts";

import { hex } from "./signature.ts";
import {
  bytesOf,
  checkDocumentSignatures,
  instantOf,
  instantText,
  mappingOf,
  readSignedDocument,
  wholeNumberOf,
  type DocumentValue,
  type SignedDocument,
} from "./signed-document.ts";
import { malformedDocument, TrustError } from "./trust-error.ts";
import { keysMax } from "./trust-limits.ts";

/** Whose signatures count, and how many of them: the roles of TUF's root (specification 1.0, 4.3 and 5.3). */
export interface TrustRoot {
  /** From 1, each one more than the one before. */
  readonly version: number;
  /** Raw Ed25519 public keys; ascending, none twice. */
  readonly bundleKeys: readonly Uint8Array[];
  readonly bundleThreshold: number;
  /** Empty: freshness stamps are not used. */
  readonly freshnessKeys: readonly Uint8Array[];
  readonly freshnessThreshold: number;
  readonly rootKeys: readonly Uint8Array[];
  readonly rootThreshold: number;
  /** From when it must have been followed by another; ms since the epoch, null: never. */
  readonly expiresAtMs: number | null;
}

export interface SignedTrustRoot {
  readonly root: TrustRoot;
  readonly document: SignedDocument;
}

interface Crypto {
  readonly sha256: Sha256;
  readonly verify: VerifyEd25519;
}

const type = "cordon-trust-root";
export const trustRootDomain = "cordon trust root signature v1";
const keyBytes = 32;
const fields = [
  "type",
  "version",
  "bundleKeys",
  "bundleThreshold",
  "freshnessKeys",
  "freshnessThreshold",
  "rootKeys",
  "rootThreshold",
  "expires",
];

/** A root that nobody has signed yet. Throws a TrustError for thresholds that its keys can't meet. */
export function trustRootDocument(root: TrustRoot): SignedDocument {
  const { version, bundleThreshold, freshnessThreshold, rootThreshold, expiresAtMs } = root;
  const signed = {
    type,
    version,
    bundleKeys: keyList(root.bundleKeys),
    bundleThreshold,
    freshnessKeys: keyList(root.freshnessKeys),
    freshnessThreshold,
    rootKeys: keyList(root.rootKeys),
    rootThreshold,
    expires: expiresAtMs === null ? null : instantText(expiresAtMs),
  };
  readRoot(signed);
  return { signed, signatures: [] };
}

function keyList(keys: readonly Uint8Array[]): readonly string[] {
  return [...new Set(keys.map(hex))].sort();
}

/** Reads a root's file without checking who signed it. Throws a TrustError (ERR_TRUST_SIZE, ERR_TRUST_FORMAT). */
export function readTrustRoot(bytes: Uint8Array): SignedTrustRoot {
  const document = readSignedDocument(bytes);
  return { root: readRoot(document.signed), document };
}

function readRoot(signed: DocumentValue): TrustRoot {
  const value = mappingOf(signed, "a trust root", fields);
  if (value["type"] !== type) throw malformedDocument(`no document of type ${type}`);
  const bundle = role(value, "bundle", 1);
  const freshness = role(value, "freshness", 0);
  const root = role(value, "root", 1);
  return {
    version: wholeNumberOf(value["version"], "version", 1),
    bundleKeys: bundle.keys,
    bundleThreshold: bundle.threshold,
    freshnessKeys: freshness.keys,
    freshnessThreshold: freshness.threshold,
    rootKeys: root.keys,
    rootThreshold: root.threshold,
    expiresAtMs: value["expires"] === null ? null : instantOf(value["expires"], "expires"),
  };
}

function role(
  value: { readonly [key: string]: DocumentValue },
  name: string,
  keysMin: number,
): { readonly keys: readonly Uint8Array[]; readonly threshold: number } {
  const listed = value[`${name}Keys`];
  if (!Array.isArray(listed) || listed.length < keysMin || listed.length > keysMax) {
    throw malformedDocument(`\`${name}Keys\` is no list of ${keysMin} to ${keysMax} keys`);
  }
  const keys = listed.map((key: DocumentValue) => bytesOf(key, keyBytes, `${name}Keys`));
  for (const [index, key] of keys.entries()) {
    const before = keys[index - 1];
    if (before !== undefined && hex(before) >= hex(key)) {
      throw malformedDocument(`\`${name}Keys\` not in ascending order, or one key twice`);
    }
  }
  const threshold = wholeNumberOf(value[`${name}Threshold`], `${name}Threshold`, Math.min(1, keys.length));
  if (threshold > keys.length) {
    throw malformedDocument(`a threshold of ${threshold} over ${keys.length} ${name} keys`);
  }
  return { keys, threshold };
}

/** Throws a TrustError unless a threshold of the root's own root keys has signed it: what one begins from is whole. */
export function checkTrustRoot({ root, document }: SignedTrustRoot, crypto: Crypto): void {
  const { rootKeys: keys, rootThreshold: threshold } = root;
  checkDocumentSignatures(trustRootDomain, document, { keys, threshold, ...crypto });
}

/**
 * Whether `next` may follow `previous` (TUF 5.3.4 and 5.3.5): its version is one more, and a threshold of the previous
 * root's keys and one of its own have signed it. Throws a TrustError. Says nothing of expiry, which is asked about the
 * last root of a chain alone (5.3.10).
 */
export function checkTrustUpdate(previous: TrustRoot, next: SignedTrustRoot, crypto: Crypto): void {
  if (next.root.version !== previous.version + 1) {
    const expected = `version ${previous.version + 1} comes after version ${previous.version}`;
    throw new TrustError("ERR_TRUST_ROLLBACK", `version ${next.root.version} where ${expected}`);
  }
  const { rootKeys: keys, rootThreshold: threshold } = previous;
  checkDocumentSignatures(trustRootDomain, next.document, { keys, threshold, ...crypto });
  checkTrustRoot(next, crypto);
}

export function isTrustExpired({ expiresAtMs }: TrustRoot, nowMs: number): boolean {
  return expiresAtMs !== null && nowMs >= expiresAtMs;
}
