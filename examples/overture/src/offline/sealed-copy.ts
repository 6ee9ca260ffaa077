import {
  chunkAad,
  chunkCount,
  chunkIv,
  chunkLength,
  chunkPlainBytes,
  chunkTagBytes,
} from "../api/offline-format.ts";
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

/** Seals one chunk. Throws an OfflineError (ERR_OFFLINE_FORMAT) when it is not as long as the format says. */
export async function sealChunk(
  key: WebCryptoKey,
  copy: CopyIdentity,
  index: number,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  checkIdentity(copy);
  checkIndex(copy, index);
  if (plain.length !== chunkLength(copy.plainBytes, index))
    throw new OfflineError("ERR_OFFLINE_FORMAT", `chunk \`${index}\` has \`${plain.length}\` bytes`);
  return new Uint8Array(await crypto.subtle.encrypt(algorithm(copy, index), key, plain));
}

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

/**
 * Seals a track while it is read: one sealed chunk at a time, whatever the pieces it comes in. Throws an OfflineError
 * (ERR_OFFLINE_FORMAT) when there are fewer or more bytes than `copy.plainBytes`: a file that changed meanwhile.
 */
export async function* sealCopy(
  key: WebCryptoKey,
  copy: CopyIdentity,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  checkIdentity(copy);
  let index = 0;
  let held = new Uint8Array(chunkLength(copy.plainBytes, 0));
  let filled = 0;
  for await (const piece of pieces) {
    let rest = piece;
    while (rest.length > 0) {
      if (index === chunkCount(copy.plainBytes)) throw changed(copy);
      const part = rest.subarray(0, held.length - filled);
      held.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled < held.length) break;
      yield await sealChunk(key, copy, index, held);
      index += 1;
      filled = 0;
      if (index < chunkCount(copy.plainBytes)) held = new Uint8Array(chunkLength(copy.plainBytes, index));
    }
  }
  if (index !== chunkCount(copy.plainBytes)) throw changed(copy);
}

function changed(copy: CopyIdentity): OfflineError {
  return new OfflineError(
    "ERR_OFFLINE_FORMAT",
    `\`${copy.trackId}\` does not have \`${copy.plainBytes}\` bytes`,
  );
}

/** The chunks that hold the plaintext bytes [from, to). */
export function chunksOf(from: number, to: number): { readonly first: number; readonly last: number } {
  return { first: Math.floor(from / chunkPlainBytes), last: Math.floor((to - 1) / chunkPlainBytes) };
}
