import { createCipheriv, createDecipheriv } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "@cordon/model";

/** AES-256-GCM (NIST SP 800-38D): a 96-bit nonce that is random for each use, a 128-bit tag behind the ciphertext. */
export const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = "aes-256-gcm";

/** `context` is bound to the bytes: they open nowhere else. */
export function sealBytes(given: {
  readonly key: Uint8Array;
  readonly plain: Uint8Array;
  readonly context: string;
  readonly randomBytes: (count: number) => Uint8Array;
}): Uint8Array {
  const nonce = given.randomBytes(nonceBytes);
  if (nonce.length !== nonceBytes) throw new TypeError(`expected ${nonceBytes} random bytes`);
  const cipher = createCipheriv(algorithm, given.key, nonce).setAAD(Buffer.from(given.context, "utf8"));
  return Buffer.concat([nonce, cipher.update(given.plain), cipher.final(), cipher.getAuthTag()]);
}

/** null for bytes that this key did not seal in this context, or that were changed. */
export function openBytes(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array | null {
  if (sealed.length < nonceBytes + tagBytes) return null;
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(context, "utf8")).setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]);
  } catch {
    return null;
  }
}

/** What stands in an event in place of a value that is sealed. */
interface SealedValue {
  /** Base64. */
  readonly sealed: string;
}

export function isSealed(value: Json): value is JsonObject & SealedValue {
  return isJsonObject(value) && typeof value["sealed"] === "string" && Object.keys(value).length === 1;
}
