import { createHash } from "node:crypto";

/** How random secrets (cookies, API keys, links) are kept: SHA-256 is enough where nothing can be guessed. */
export function secretDigest(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
