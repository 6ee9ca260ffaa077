/**
 * The bytes of standard base64 with padding (RFC 4648 section 4), or null for anything else. Unlike `Buffer.from` it
 * refuses text that is not the one encoding of its bytes, so that no character of a signed file can change unseen.
 */
export function decodeBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
