/**
 * Encrypted content, as the server sends it and an installation keeps it: chunks of 64 KiB of the audio file, each by
 * AES-256-GCM under the content key with its 16-byte tag behind it, one after the other.
 */
export const chunkPlainBytes = 65_536;
export const chunkTagBytes = 16;
const chunkSealedBytes = chunkPlainBytes + chunkTagBytes;

/** How many chunks a file of `plainBytes` has; an empty file has none. */
export function chunkCount(plainBytes: number): number {
  return Math.ceil(plainBytes / chunkPlainBytes);
}

/** Bytes of all sealed chunks. */
export function sealedBytes(plainBytes: number): number {
  return plainBytes + chunkCount(plainBytes) * chunkTagBytes;
}

/** Where sealed chunk `n` begins in the encrypted content. */
export function sealedOffset(n: number): number {
  return n * chunkSealedBytes;
}

/** Bytes of chunk `n` before encryption; the last one may be shorter. */
export function chunkLength(plainBytes: number, n: number): number {
  return Math.min(chunkPlainBytes, plainBytes - n * chunkPlainBytes);
}

/** The nonce of chunk `n`: 96 bits, big-endian. Keys are unique for installation, track and epoch, so it never repeats. */
export function chunkIv(n: number): Uint8Array<ArrayBuffer> {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, n);
  return iv;
}

/** What a chunk is bound to: no chunk can stand for another one, nor for one of another track, epoch or length. */
export function chunkAad(
  trackId: string,
  epoch: number,
  n: number,
  plainBytes: number,
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${trackId}|${epoch}|${n}|${plainBytes}`);
}
