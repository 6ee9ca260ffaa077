import type { Sha256 } from "./crypto.ts";
import { compareBytes, type Signature } from "./layout.ts";
import { signaturesMax } from "./limits.ts";
import { hex, type SignaturePolicy } from "./signature.ts";
import { malformedDocument, TrustError } from "./trust-error.ts";
import { documentBytesMax } from "./trust-limits.ts";

export type DocumentValue =
  string | number | null | readonly DocumentValue[] | { readonly [key: string]: DocumentValue };

/** A small document and who signed it; `docs/reference/trust.md` has the bytes. */
export interface SignedDocument {
  readonly signed: { readonly [key: string]: DocumentValue };
  /** By key id, ascending, none twice. */
  readonly signatures: readonly Signature[];
}

/** RFC 8785 for text, whole numbers, null, lists and mappings: all that these documents hold. */
function canonical(value: DocumentValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  // The default order of sort is by UTF-16 code units, as RFC 8785 asks (3.2.3).
  const entries = Object.entries(value as { readonly [key: string]: DocumentValue }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}

/** The one way to write it: canonical JSON and a line feed. Throws a TrustError (ERR_TRUST_SIZE). */
export function writeSignedDocument({ signed, signatures }: SignedDocument): Uint8Array {
  if (signatures.length > signaturesMax) {
    throw new TrustError("ERR_TRUST_SIZE", `more than ${signaturesMax} signatures`);
  }
  const listed = signatures
    .toSorted((a, b) => compareBytes(a.keyId, b.keyId))
    .map(({ keyId, signature }) => ({ keyId: hex(keyId), signature: hex(signature) }));
  const bytes = new TextEncoder().encode(`${canonical({ signatures: listed, signed })}\n`);
  if (bytes.length > documentBytesMax) throw tooLarge(bytes.length);
  return bytes;
}

/**
 * Reads what `writeSignedDocument` writes, and nothing else: two readers never see two things in one file. Checks no
 * signature. Throws a TrustError (ERR_TRUST_SIZE, ERR_TRUST_FORMAT).
 */
export function readSignedDocument(bytes: Uint8Array): SignedDocument {
  if (bytes.length > documentBytesMax) throw tooLarge(bytes.length);
  const document = mappingOf(parse(bytes), "the document", ["signatures", "signed"]);
  const { signed, signatures } = document;
  if (!isMapping(signed)) throw malformedDocument("`signed` is no object");
  if (!Array.isArray(signatures)) throw malformedDocument("`signatures` is no list");
  const read = { signed, signatures: signatures.map(readSignature) };
  // What differs from its own canonical form (order, spacing, a key twice, signatures out of order) is another file.
  const again = writeSignedDocument(read);
  if (compareBytes(again, bytes) !== 0) throw malformedDocument("not in its canonical form");
  for (const [index, { keyId }] of read.signatures.entries()) {
    const before = read.signatures[index - 1];
    if (before !== undefined && compareBytes(before.keyId, keyId) === 0) {
      throw malformedDocument("one key signed twice");
    }
  }
  return read;
}

function readSignature(value: DocumentValue): Signature {
  const entry = mappingOf(value, "a signature", ["keyId", "signature"]);
  return {
    keyId: bytesOf(entry["keyId"], 32, "keyId"),
    signature: bytesOf(entry["signature"], 64, "signature"),
  };
}

function parse(bytes: Uint8Array): DocumentValue {
  try {
    return JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    ) as DocumentValue;
  } catch (error) {
    // A TypeError: not UTF-8. A RangeError: nested beyond what the engine reads.
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) {
      throw malformedDocument("no JSON in UTF-8");
    }
    throw error;
  }
}

function isMapping(value: DocumentValue | undefined): value is { readonly [key: string]: DocumentValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Exactly these keys: what a reader does not know, it must not act on. */
export function mappingOf(
  value: DocumentValue | undefined,
  what: string,
  keys: readonly string[],
): { readonly [key: string]: DocumentValue } {
  if (isMapping(value)) {
    const present = Object.keys(value);
    if (present.length === keys.length && present.every((key) => keys.includes(key))) return value;
  }
  throw malformedDocument(`${what} without exactly the keys ${keys.join(", ")}`);
}

export function wholeNumberOf(value: DocumentValue | undefined, key: string, least: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw malformedDocument(`\`${key}\` is no whole number from ${least} on`);
}

/** Lower-case hex of exactly `count` bytes. */
export function bytesOf(value: DocumentValue | undefined, count: number, key: string): Uint8Array {
  if (typeof value !== "string" || value.length !== 2 * count || !/^[0-9a-f]*$/.test(value)) {
    throw malformedDocument(`\`${key}\` is not ${count} bytes in lower-case hex`);
  }
  return Uint8Array.from({ length: count }, (_, index) =>
    parseInt(value.slice(2 * index, 2 * index + 2), 16),
  );
}

/** `YYYY-MM-DDTHH:MM:SS.mmmZ` as ms since the epoch. */
export function instantOf(value: DocumentValue | undefined, key: string): number {
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) {
    const ms = Date.parse(value);
    if (Number.isFinite(ms) && instantText(ms) === value) return ms;
  }
  throw malformedDocument(`\`${key}\` is no time as in 2014-05-27T12:00:00.000Z`);
}

export function instantText(ms: number): string {
  return new Date(ms).toISOString();
}

/** The bytes that a key signs: the kind of document, a line feed, then SHA-256 of the canonical form of what is signed. */
export function documentSigningInput(
  domain: string,
  signed: SignedDocument["signed"],
  sha256: Sha256,
): Uint8Array {
  const prefix = new TextEncoder().encode(`${domain}\n`);
  const digest = sha256(new TextEncoder().encode(canonical(signed)));
  const message = new Uint8Array(prefix.length + digest.length);
  message.set(prefix, 0);
  message.set(digest, prefix.length);
  return message;
}

/** The same document with one signature more; a key that signed before has its signature replaced. */
export function addDocumentSignature(
  document: SignedDocument,
  added: { readonly publicKey: Uint8Array; readonly signature: Uint8Array },
  sha256: Sha256,
): SignedDocument {
  const keyId = sha256(added.publicKey);
  const others = document.signatures.filter((one) => compareBytes(one.keyId, keyId) !== 0);
  const signatures = [...others, { keyId, signature: added.signature }];
  return {
    signed: document.signed,
    signatures: signatures.toSorted((a, b) => compareBytes(a.keyId, b.keyId)),
  };
}

/**
 * Throws a TrustError unless at least `threshold` of the keys have signed (ERR_TRUST_THRESHOLD) and every signature that one
 * of them is said to have made verifies (ERR_TRUST_SIGNATURE). Signatures by other keys say nothing.
 */
export function checkDocumentSignatures(
  domain: string,
  { signed, signatures }: SignedDocument,
  { keys, threshold, sha256, verify }: SignaturePolicy,
): void {
  const message = documentSigningInput(domain, signed, sha256);
  const keyById = new Map(keys.map((key) => [hex(sha256(key)), key]));
  let verified = 0;
  for (const { keyId, signature } of signatures) {
    const key = keyById.get(hex(keyId));
    if (key === undefined) continue;
    if (!verify(key, message, signature)) {
      throw new TrustError("ERR_TRUST_SIGNATURE", `the signature by key ${hex(keyId).slice(0, 16)} is wrong`);
    }
    verified++;
  }
  const needed = Math.max(threshold, 1);
  if (verified < needed) {
    throw new TrustError("ERR_TRUST_THRESHOLD", `${verified} of the keys signed it, ${needed} must have`);
  }
}

function tooLarge(length: number): TrustError {
  return new TrustError("ERR_TRUST_SIZE", `${length} bytes, over the limit of ${documentBytesMax}`);
}
