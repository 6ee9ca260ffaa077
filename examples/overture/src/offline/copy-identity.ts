import { OfflineError } from "./offline-error.ts";

/** No track is larger; the chunk number must fit into the nonce. */
const copyBytesMax = 1024 * 1024 * 1024;
const idCharsMax = 128;

/**
 * What one encrypted copy is of; every chunk is bound to all of it.
 *
 * INVARIANT: one key seals one content, so a file whose bytes change must become another track: nonces are chunk numbers.
 */
export interface CopyIdentity {
  readonly trackId: string;
  /** The policy's epoch that the copy was issued under, at least 1. */
  readonly epoch: number;
  /** Bytes of the whole track: bound to each chunk, so that a copy cut at a chunk's edge is seen. */
  readonly plainBytes: number;
}

/** Throws an OfflineError (ERR_OFFLINE_FORMAT) for an identity that the format can't carry. */
export function checkIdentity({ trackId, epoch, plainBytes }: CopyIdentity): void {
  checkId("track", trackId);
  checkEpoch(epoch);
  if (!Number.isSafeInteger(plainBytes) || plainBytes < 1 || plainBytes > copyBytesMax)
    throw new OfflineError("ERR_OFFLINE_FORMAT", `\`${plainBytes}\` bytes, expected 1 to ${copyBytesMax}`);
}

/** The ids stand in texts that keys and chunks are bound to: `|` would let two of them share one. */
function checkId(what: string, id: string): void {
  if (id.length < 1 || id.length > idCharsMax || id.includes("|"))
    throw new OfflineError(
      "ERR_OFFLINE_FORMAT",
      `${what} \`${id}\`, expected 1 to ${idCharsMax} characters but \`|\``,
    );
}

function checkEpoch(epoch: number): void {
  if (!Number.isSafeInteger(epoch) || epoch < 1)
    throw new OfflineError("ERR_OFFLINE_FORMAT", `epoch \`${epoch}\`, expected a whole number from 1`);
}
