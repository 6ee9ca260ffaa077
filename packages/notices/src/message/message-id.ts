import { createHmac } from "node:crypto";

/**
 * The Message-ID of one person's message: always the same for it, and without the salt it tells nothing about the
 * account. HMAC-SHA-256 over (incident, edition, account), cut to 128 bits.
 */
export function messageId(
  of: { readonly incidentId: string; readonly edition: number; readonly accountId: string },
  salt: Uint8Array,
  domain: string,
): string {
  // Lengths in front: no two triples give the same bytes.
  const input = `${of.incidentId.length}:${of.incidentId}${of.edition}:${of.accountId}`;
  const digest = createHmac("sha256", salt).update(input, "utf8").digest("hex").slice(0, 32);
  return `<${digest}@${domain}>`;
}
