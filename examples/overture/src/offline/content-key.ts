import type { WebCryptoKey } from "./crypto-key.ts";
import { checkEpoch, checkId } from "./copy-identity.ts";
import { OfflineError } from "./offline-error.ts";

/** What a content key is for: nothing but this track, in this installation, under this epoch. */
export interface ContentKeyScope {
  readonly installationId: string;
  readonly trackId: string;
  readonly epoch: number;
}

/** Bytes of the master secret and of each content key. */
export const contentKeyBytes = 32;

const salt = new TextEncoder().encode("overture-offline-1 content key");

/** What a server derives content keys from; `secret` are at least 32 random bytes. */
export async function importMaster(secret: Uint8Array<ArrayBuffer>): Promise<WebCryptoKey> {
  if (secret.length < contentKeyBytes)
    throw new OfflineError(
      "ERR_OFFLINE_FORMAT",
      `a master secret of \`${secret.length}\` bytes, expected 32`,
    );
  return crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
}

/**
 * The content key of a scope by HKDF-SHA-256 (RFC 5869): nothing is kept for it, and a raised epoch gives another one.
 * Neither id holds `|`, so no two scopes share a text.
 */
export async function deriveContentKey(
  master: WebCryptoKey,
  { installationId, trackId, epoch }: ContentKeyScope,
): Promise<Uint8Array<ArrayBuffer>> {
  checkId("installation", installationId);
  checkId("track", trackId);
  checkEpoch(epoch);
  const info = new TextEncoder().encode(`${installationId}|${trackId}|${epoch}`);
  return new Uint8Array(
    await crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt, info },
      master,
      contentKeyBytes * 8,
    ),
  );
}

/** A content key for sealing or opening chunks; what holds it can't read its bytes. */
export function importContentKey(
  raw: Uint8Array<ArrayBuffer>,
  usage: "encrypt" | "decrypt",
): Promise<WebCryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, [usage]);
}
