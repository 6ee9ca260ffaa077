import { hex, type SignaturePolicy } from "./signature.ts";
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

/** The newest bundle, said anew every few minutes: the timestamp role of TUF (specification 1.0, 4.6 and 5.4). */
export interface FreshnessStamp {
  /** Of the newest bundle. */
  readonly version: number;
  /** SHA-256 of that bundle's signed part, hex: the same whoever has signed it. */
  readonly contentSha256: string;
  readonly issuedAtMs: number;
  /** From when the stamp says nothing any more; after `issuedAtMs`. */
  readonly expiresAtMs: number;
}

const type = "cordon-freshness";
export const freshnessDomain = "cordon freshness signature v1";
const fields = ["type", "version", "contentSha256", "issuedAt", "expiresAt"];

/** A stamp that nobody has signed yet. Throws a TrustError for one that would expire before it begins. */
export function freshnessDocument(stamp: FreshnessStamp): SignedDocument {
  const signed = {
    type,
    version: stamp.version,
    contentSha256: stamp.contentSha256,
    issuedAt: instantText(stamp.issuedAtMs),
    expiresAt: instantText(stamp.expiresAtMs),
  };
  readStamp(signed);
  return { signed, signatures: [] };
}

function readStamp(signed: DocumentValue): FreshnessStamp {
  const value = mappingOf(signed, "a freshness stamp", fields);
  if (value["type"] !== type) throw malformedDocument(`no document of type ${type}`);
  const stamp = {
    version: wholeNumberOf(value["version"], "version", 0),
    contentSha256: hex(bytesOf(value["contentSha256"], 32, "contentSha256")),
    issuedAtMs: instantOf(value["issuedAt"], "issuedAt"),
    expiresAtMs: instantOf(value["expiresAt"], "expiresAt"),
  };
  if (stamp.expiresAtMs <= stamp.issuedAtMs) throw malformedDocument("a stamp that expires before it begins");
  return stamp;
}

/**
 * Opens a stamp that the freshness keys have signed. Throws a TrustError: ERR_TRUST_SIZE, ERR_TRUST_FORMAT,
 * ERR_TRUST_SIGNATURE, ERR_TRUST_THRESHOLD. Says nothing of time and of the stamp before: see `checkStampFollows`.
 */
export function openFreshnessStamp(bytes: Uint8Array, policy: SignaturePolicy): FreshnessStamp {
  const document = readSignedDocument(bytes);
  checkDocumentSignatures(freshnessDomain, document, policy);
  return readStamp(document.signed);
}

/** What a stamp says of itself, whoever signed it. Throws a TrustError (ERR_TRUST_SIZE, ERR_TRUST_FORMAT). */
export function inspectFreshnessStamp(bytes: Uint8Array): FreshnessStamp {
  return readStamp(readSignedDocument(bytes).signed);
}

/**
 * Throws a TrustError (ERR_TRUST_ROLLBACK) when `next` may not follow the stamp that is held: its version goes down, it was
 * issued earlier, or one version means another bundle. `held` is null before the first.
 */
export function checkStampFollows(held: FreshnessStamp | null, next: FreshnessStamp): void {
  if (held === null) return;
  if (next.version < held.version) {
    throw new TrustError(
      "ERR_TRUST_ROLLBACK",
      `a stamp of version ${next.version} after one of ${held.version}`,
    );
  }
  if (next.version === held.version && next.contentSha256 !== held.contentSha256) {
    throw new TrustError(
      "ERR_TRUST_ROLLBACK",
      `two stamps of version ${next.version} with different contents`,
    );
  }
  if (next.issuedAtMs < held.issuedAtMs) {
    throw new TrustError("ERR_TRUST_ROLLBACK", "a stamp that was issued before the one held");
  }
}
