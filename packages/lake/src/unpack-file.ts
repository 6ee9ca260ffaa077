import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { wrongInput } from "./directory/wrong-input.ts";

/** A buffer of this size is made for each chunk, so small files get small ones. */
const chunkBytes = { least: 64 * 1024, most: 1024 * 1024 };
const lineFeed = 0x0a;

/** Whether a file's chunks are its bytes as they lie there. */
export function isPlain(file: string): boolean {
  return !file.endsWith(".gz") && !file.endsWith(".zst");
}

/**
 * A file's bytes, unpacked when its name ends in .gz or .zst; `onBytes` hears how many have been read from the disk. The
 * chunks of a plain file have at most `plainBytesMax` bytes, are memory of their own, and end at a line's end where they can.
 * Throws LakeError ERR_LAKE_INPUT when the file is damaged or does not end where its packed data end. Node's decoders
 * end in silence after the first Zstandard frame and at zeros after a gzip member, so what they left is looked at.
 */
export async function* unpackFile(
  file: string,
  onBytes: (bytes: number) => void = () => undefined,
  plainBytesMax: number = chunkBytes.most,
): AsyncGenerator<Buffer> {
  const found = await stat(file);
  const { size } = found;
  if (isPlain(file)) {
    // One byte more than a whole file, so that its end is seen with its bytes; what a pipe will bring nobody knows.
    const bytes = found.isFile() ? Math.max(chunkBytes.least, size + 1) : plainBytesMax;
    yield* plainChunks(file, onBytes, Math.min(plainBytesMax, bytes));
    return;
  }
  const highWaterMark = Math.min(chunkBytes.most, Math.max(chunkBytes.least, size));
  let start = 0;
  do {
    const decoder = file.endsWith(".gz") ? createGunzip() : createZstdDecompress();
    const packed = createReadStream(file, { start, highWaterMark });
    // The decoder may end before its input does, which is no error; a real one is thrown by the loop below.
    pipeline(packed, decoder, () => undefined);
    let heard = 0;
    try {
      for await (const chunk of decoder as AsyncIterable<Buffer>) {
        onBytes(decoder.bytesWritten - heard);
        heard = decoder.bytesWritten;
        yield chunk;
      }
    } catch (error) {
      if (error instanceof Error && "syscall" in error) throw error;
      throw damaged(file, error instanceof Error ? error.message : String(error));
    } finally {
      packed.destroy();
    }
    onBytes(decoder.bytesWritten - heard);
    if (decoder.bytesWritten === 0) throw damaged(file, "it has data that are not packed");
    start += decoder.bytesWritten;
    if (start < size && file.endsWith(".gz")) {
      await requireZeros(file, start);
      onBytes(size - start);
      return;
    }
  } while (start < size);
}

async function* plainChunks(
  file: string,
  onBytes: (bytes: number) => void,
  bytesMax: number,
): AsyncGenerator<Buffer> {
  const handle = await open(file, "r");
  try {
    let begun = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(bytesMax);
      let filled = begun.copy(chunk);
      let ended = false;
      while (filled < bytesMax && !ended) {
        const { bytesRead } = await handle.read(chunk, filled, bytesMax - filled);
        onBytes(bytesRead);
        filled += bytesRead;
        ended = bytesRead === 0;
      }
      const lineEnd = ended || filled === 0 ? 0 : chunk.lastIndexOf(lineFeed, filled - 1) + 1;
      const end = lineEnd === 0 ? filled : lineEnd;
      // A copy: the chunk is the reader's.
      begun = Buffer.from(chunk.subarray(end, filled));
      if (end > 0) yield chunk.subarray(0, end);
      if (ended) return;
    }
  } finally {
    await handle.close();
  }
}

/** gzip members follow each other directly; only zeros may fill a file up. */
async function requireZeros(file: string, start: number): Promise<void> {
  for await (const chunk of createReadStream(file, { start }) as AsyncIterable<Buffer>) {
    if (chunk.some((byte) => byte !== 0)) throw damaged(file, "it has data after its end");
  }
}

function damaged(file: string, reason: string): Error {
  return wrongInput(
    file,
    null,
    `it cannot be unpacked: ${reason}`,
    `a whole ${file.endsWith(".gz") ? "gzip" : "Zstandard"} file`,
  );
}
