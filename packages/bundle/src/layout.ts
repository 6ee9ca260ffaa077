import { BundleError, malformed } from "./bundle-error.ts";
import { signaturesMax } from "./limits.ts";

/** "CORDON", a zero byte, and the number of the format. */
export const magic = Uint8Array.of(0x43, 0x4f, 0x52, 0x44, 0x4f, 0x4e, 0x00, 0x02);

export const headerBytes = magic.length + 4;
const keyIdBytes = 32;
const signatureBytes = 64;
export const signatureEntryBytes = keyIdBytes + signatureBytes;

export interface Signature {
  /** SHA-256 of the raw public key. */
  readonly keyId: Uint8Array;
  /** Ed25519. */
  readonly signature: Uint8Array;
}

/** A bundle's two parts: what is signed, and who signed it. */
export interface Layout {
  /** From the first byte of the file, header included. */
  readonly signedPart: Uint8Array;
  /** By key id, ascending, none twice. Empty only before the first signature. */
  readonly signatures: readonly Signature[];
}

/**
 * Splits a bundle. Reads nothing but lengths, and allocates nothing that the file's own size does not bound. Throws a
 * BundleError (ERR_BUNDLE_SIZE, ERR_BUNDLE_FORMAT).
 */
export function readLayout(bytes: Uint8Array, bundleBytesMax: number): Layout {
  if (bytes.length > bundleBytesMax) {
    throw new BundleError("ERR_BUNDLE_SIZE", `${bytes.length} bytes, over the limit of ${bundleBytesMax}`);
  }
  if (bytes.length < headerBytes + 1) throw malformed(`cut after ${bytes.length} bytes`);
  if (magic.some((byte, index) => bytes[index] !== byte)) throw malformed("does not begin as a bundle does");
  const signedBytes = viewOf(bytes).getUint32(magic.length, true);
  if (signedBytes < headerBytes || signedBytes >= bytes.length) throw malformed("cut within its signed part");
  const count = viewOf(bytes).getUint8(signedBytes);
  const totalBytes = signedBytes + 1 + count * signatureEntryBytes;
  if (bytes.length !== totalBytes) {
    throw malformed(`${bytes.length} bytes where ${totalBytes} are announced`);
  }
  return {
    signedPart: bytes.subarray(0, signedBytes),
    signatures: readSignatures(bytes, signedBytes + 1, count),
  };
}

function readSignatures(bytes: Uint8Array, start: number, count: number): readonly Signature[] {
  const signatures: Signature[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + i * signatureEntryBytes;
    const keyId = bytes.subarray(at, at + keyIdBytes);
    const previous = signatures[i - 1];
    if (previous !== undefined && compareBytes(previous.keyId, keyId) >= 0) {
      throw malformed("signatures not in the order of their keys, or one key twice");
    }
    signatures.push({ keyId, signature: bytes.subarray(at + keyIdBytes, at + signatureEntryBytes) });
  }
  return signatures;
}

/** Joins the parts again. Throws a BundleError (ERR_BUNDLE_SIZE) for too many signatures. */
export function writeLayout({ signedPart, signatures }: Layout): Uint8Array {
  if (signatures.length > signaturesMax) {
    throw new BundleError("ERR_BUNDLE_SIZE", `more than ${signaturesMax} signatures`);
  }
  const bytes = new Uint8Array(signedPart.length + 1 + signatures.length * signatureEntryBytes);
  bytes.set(signedPart, 0);
  writeSignatures(bytes, signedPart.length, signatures);
  return bytes;
}

/** Puts signatures behind the signed part, where there is room for exactly these. */
export function writeSignatures(
  bytes: Uint8Array,
  signedBytes: number,
  signatures: readonly Signature[],
): void {
  bytes[signedBytes] = signatures.length;
  const sorted = signatures.toSorted((a, b) => compareBytes(a.keyId, b.keyId));
  for (const [index, { keyId, signature }] of sorted.entries()) {
    const at = signedBytes + 1 + index * signatureEntryBytes;
    bytes.set(keyId, at);
    bytes.set(signature, at + keyIdBytes);
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
