import { chunkAad, chunkCount, chunkIv, chunkPlainBytes, chunkTagBytes } from "../api/offline-format.ts";
import { checkIdentity } from "./copy-identity.ts";
import type { CopyIdentity } from "./copy-identity.ts";
import type { WebCryptoKey } from "./crypto-key.ts";
import { OfflineError } from "./offline-error.ts";

const algorithm = (copy: CopyIdentity, index: number) => ({
  name: "AES-GCM",
  iv: chunkIv(index),
  additionalData: chunkAad(copy.trackId, copy.epoch, index, copy.plainBytes),
  tagLength: chunkTagBytes * 8,
});

/**
 * Opens one chunk. Throws an OfflineError (ERR_OFFLINE_TAMPERED) unless it is the very chunk that was sealed under this
 * key for this track, epoch, place and length.
 */
export async function openChunk(
  key: WebCryptoKey,
  copy: CopyIdentity,
  index: number,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  checkIdentity(copy);
  checkIndex(copy, index);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm(copy, index), key, sealed));
  } catch (cause) {
    throw new OfflineError(
      "ERR_OFFLINE_TAMPERED",
      `chunk \`${index}\` of \`${copy.trackId}\` is not as sealed`,
      {
        cause,
      },
    );
  }
}

function checkIndex(copy: CopyIdentity, index: number): void {
  if (!Number.isSafeInteger(index) || index < 0 || index >= chunkCount(copy.plainBytes))
    throw new OfflineError(
      "ERR_OFFLINE_FORMAT",
      `no chunk \`${index}\` in a copy of ${copy.plainBytes} bytes`,
    );
}

/** The chunks that hold the plaintext bytes [from, to). */
export function chunksOf(from: number, to: number): { readonly first: number; readonly last: number } {
  return { first: Math.floor(from / chunkPlainBytes), last: Math.floor((to - 1) / chunkPlainBytes) };
}
