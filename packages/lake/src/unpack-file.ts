import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { wrongInput } from "./directory/wrong-input.ts";

/** A buffer of this size is made for each read, so small files get small ones. */
const chunkBytes = { least: 64 * 1024, most: 1024 * 1024 };

/**
 * A file's bytes, unpacked when its name ends in .gz or .zst; `onBytes` hears how many have been read from the disk.
 * Throws LakeError ERR_LAKE_INPUT when the file is damaged or does not end where its packed data end. Node's decoders
 * end in silence after the first Zstandard frame and at zeros after a gzip member, so what they left is looked at.
 */
export async function* unpackFile(
  file: string,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const { size } = await stat(file);
  const highWaterMark = Math.min(chunkBytes.most, Math.max(chunkBytes.least, size));
  if (!file.endsWith(".gz") && !file.endsWith(".zst")) {
    for await (const chunk of createReadStream(file, { highWaterMark }) as AsyncIterable<Buffer>) {
      onBytes(chunk.length);
      yield chunk;
    }
    return;
  }
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
