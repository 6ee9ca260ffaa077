import type { WebCryptoKey } from "./crypto-key.ts";

/** Bytes of a content key: AES-256. */
export const contentKeyBytes = 32;

/** A content key for opening chunks; what holds it can't read its bytes. */
export function importContentKey(raw: Uint8Array<ArrayBuffer>): Promise<WebCryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
}
