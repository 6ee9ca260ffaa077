import { constants, createPublicKey, verify, type KeyObject } from "node:crypto";

import { isJsonObject } from "@cordon/model";

import type { DigestKey } from "../data-map.ts";
import type { DigestFile } from "./digest-document.ts";
import { digestLimits } from "./digest-limits.ts";
import { withoutCompression } from "./digest-name.ts";

/** A signature that lies beside a digest: S3 keeps it in the object's metadata, where a download leaves it behind. */
export interface DigestSignature {
  /** The digest's file name without its compression. */
  readonly digest: string;
  /** Hex; null when the metadata hold none. */
  readonly signature: string | null;
}

const sidecar = /^(.+)\.(signature|metadata\.json)$/;

/** The file name, without its compression, of the digest whose signature a file of this name would hold; null for other names. */
export function digestOfSignature(name: string): string | null {
  const digest = sidecar.exec(withoutCompression(name))?.[1];
  return digest === undefined ? null : withoutCompression(digest);
}

/**
 * The signature in `DIGEST.signature` (hex) or `DIGEST.metadata.json` (what `aws s3api head-object` prints); null when the file is neither,
 * so that it is read as logs.
 */
export function readSignature(bytes: Uint8Array, name: string): DigestSignature | null {
  const digest = digestOfSignature(name);
  if (digest === null || bytes.length > digestLimits.signatureBytes) return null;
  const text = Buffer.from(bytes).toString("utf8");
  if (withoutCompression(name).endsWith(".signature")) {
    const signature = text.trim();
    return isHex(signature) ? { digest, signature } : null;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(value) || Object.hasOwn(value, "Records") || Object.hasOwn(value, "eventTime"))
    return null;
  const metadata = value["Metadata"];
  if (!isJsonObject(metadata)) return null;
  const signature = metadata["signature"];
  return { digest, signature: typeof signature === "string" && isHex(signature) ? signature : null };
}

/**
 * The signed text (AWS CloudTrail User Guide, "Custom implementations of CloudTrail log file integrity validation"): end, place, SHA-256 of
 * the uncompressed document, signature of the digest before it or the word `null`.
 */
function signedText({ document, sha256 }: DigestFile): string {
  const { endText, bucket, object, previous } = document;
  return `${endText}\n${bucket}/${object}\n${sha256}\n${previous?.signature ?? "null"}`;
}

/** Null when the DER holds no RSA public key: PKCS#1, or SPKI, which AWS shows too. */
export function readDigestKey({ publicKeyDer }: DigestKey): KeyObject | null {
  for (const type of ["pkcs1", "spki"] as const) {
    try {
      const key = createPublicKey({ key: Buffer.from(publicKeyDer), format: "der", type });
      return key.asymmetricKeyType === "rsa" ? key : null;
    } catch {
      // Not this form.
    }
  }
  return null;
}

/** SHA256withRSA: RSASSA-PKCS1-v1_5. `signature`: hex. */
export function isSignatureOf(digest: DigestFile, signature: string, key: KeyObject): boolean {
  if (!isHex(signature)) return false;
  return verify(
    "RSA-SHA256",
    Buffer.from(signedText(digest), "utf8"),
    { key, padding: constants.RSA_PKCS1_PADDING },
    Buffer.from(signature, "hex"),
  );
}

function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-f]+$/i.test(text);
}
