import { importContentKey, licenceState, openChunk, unwrapContentKey } from "../../src/offline/index.ts";
import type { LicenceState } from "../../src/offline/index.ts";
import { fact, keptChunk, keptCopy } from "./database.ts";
import type { KeptCopy } from "./database.ts";
import { seenTime } from "./seen-time.ts";

/** A copy that may be played now. */
export interface OpenedCopy {
  readonly copy: KeptCopy;
  /** Throws when the chunk is missing or not as it was sealed. */
  chunk(index: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Why there is nothing to play: no copy at all, no key to it, or a licence that does not hold. */
export type CopyRefusal = Exclude<LicenceState, "plays"> | "none" | "no-key";

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** Opens a track's copy for playing, or says why not. Reads the licence each time: nothing is trusted from before. */
export async function openCopy(
  database: IDBDatabase,
  trackId: string,
  nowMs: number,
): Promise<OpenedCopy | CopyRefusal> {
  const copy = await keptCopy(database, trackId);
  if (copy === undefined) return "none";
  const requiredEpoch = (await fact(database, "requiredEpoch")) ?? 0;
  const state = licenceState(copy, requiredEpoch, await seenTime(database, nowMs));
  if (state !== "plays") return state;
  const key = await fact(database, "key");
  if (key === undefined) return "no-key";
  let contentKey: CryptoKey;
  try {
    const raw = await unwrapContentKey(key.privateKey, bytesOf(copy.wrappedKey));
    contentKey = await importContentKey(raw);
  } catch {
    return "no-key";
  }
  return {
    copy,
    async chunk(index) {
      const sealed = await keptChunk(database, trackId, index);
      return openChunk(contentKey, copy, index, sealed ?? new Uint8Array());
    },
  };
}
