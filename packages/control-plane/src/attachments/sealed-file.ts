import { open, type FileHandle } from "node:fs/promises";

/**
 * A sealed file is segments of this many bytes of the plain file, each sealed by itself, so that a hundred megabytes are never in
 * memory. Every segment's context has its place and whether it is the last: none can be left out, moved or put behind.
 */
const segmentBytes = 64 * 1024;
/** What sealing adds to a segment: nonce and tag. */
const sealBytes = 28;

/** Seals one segment. */
type SealPart = (plain: Uint8Array, part: string) => Promise<Uint8Array>;
/** Null for what does not open. */
type OpenPart = (sealed: Uint8Array, part: string) => Promise<Uint8Array | null>;

function partOf(name: string, index: number, isLast: boolean): string {
  return `${name}/${index}/${isLast ? "last" : "more"}`;
}

/** Writes a file of mode 0600 that must not be there. `name` is bound to the bytes: they open under no other. */
export async function writeSealed(
  file: string,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  seal: SealPart,
): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    let index = 0;
    let left: Uint8Array = new Uint8Array();
    for await (const chunk of chunks) {
      left = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
      // One stays behind, for only the end tells which is the last.
      while (left.length > segmentBytes) {
        const segment = left.subarray(0, segmentBytes);
        await handle.writeFile(await seal(segment, partOf(name, index++, false)));
        left = left.subarray(segmentBytes);
      }
    }
    await handle.writeFile(await seal(left, partOf(name, index, true)));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The plain bytes, as they are opened; null in the place of the first segment that does not open, and then nothing more. */
export async function* readSealed(
  file: string,
  name: string,
  openPart: OpenPart,
): AsyncGenerator<Uint8Array | null> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const whole = segmentBytes + sealBytes;
    const count = Math.max(1, Math.ceil(size / whole));
    for (let index = 0; index < count; index++) {
      const sealed = await readAt(handle, index * whole, Math.min(whole, size - index * whole));
      const plain = await openPart(sealed, partOf(name, index, index === count - 1));
      yield plain;
      if (plain === null) return;
    }
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(Math.max(0, length));
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, position + read);
    // Cut while it is read: what is missing does not open.
    if (bytesRead === 0) return bytes.subarray(0, read);
    read += bytesRead;
  }
  return bytes;
}
