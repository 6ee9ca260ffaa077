import {
  chunkCount,
  chunkPlainBytes,
  chunkTagBytes,
  sealedBytes,
  sealedOffset,
} from "../../src/api/offline-format.ts";
import type { Licence } from "../../src/api/offline-api.ts";
import { importContentKey, OfflineError, openChunk, unwrapContentKey } from "../../src/offline/index.ts";
import { writeTogether } from "./database.ts";
import type { KeptCopy } from "./database.ts";

export function copyOf(licence: Licence): KeptCopy {
  const { trackId, epoch, plainBytes, contentType, issuedAt, expiresAt, wrappedKey } = licence;
  return { trackId, epoch, plainBytes, contentType, issuedAt, expiresAt, wrappedKey };
}

/** Every chunk opens under the licence's key; throws an OfflineError otherwise. */
async function check(sealed: Uint8Array<ArrayBuffer>, copy: KeptCopy, privateKey: CryptoKey): Promise<void> {
  const wrapped = Uint8Array.from(atob(copy.wrappedKey), (letter) => letter.charCodeAt(0));
  const key = await importContentKey(await unwrapContentKey(privateKey, wrapped));
  for (let index = 0; index < chunkCount(copy.plainBytes); index += 1)
    await openChunk(key, copy, index, sealedChunk(sealed, index));
}

function sealedChunk(sealed: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const from = sealedOffset(index);
  return sealed.slice(from, from + chunkPlainBytes + chunkTagBytes);
}

/**
 * Keeps one track: its chunks and its licence in one transaction, so that neither is ever here without the other.
 * Throws an OfflineError for content that is not what the licence says, and `QuotaExceededError` on a full device.
 */
export async function keepTrack(
  database: IDBDatabase,
  licence: Licence,
  content: ArrayBuffer,
  privateKey: CryptoKey,
): Promise<void> {
  const copy = copyOf(licence);
  const sealed = new Uint8Array(content);
  if (sealed.length !== sealedBytes(copy.plainBytes))
    throw new OfflineError("ERR_OFFLINE_TAMPERED", `\`${copy.trackId}\` came in \`${sealed.length}\` bytes`);
  await check(sealed, copy, privateKey);
  await writeTogether(database, ["copies", "chunks"], (transaction) => {
    const chunks = transaction.objectStore("chunks");
    for (let index = 0; index < chunkCount(copy.plainBytes); index += 1)
      chunks.put(sealedChunk(sealed, index), [copy.trackId, index]);
    transaction.objectStore("copies").put(copy);
  });
}

export function isStorageFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
