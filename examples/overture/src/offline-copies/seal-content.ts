import { createCipheriv } from "node:crypto";
import { open } from "node:fs/promises";

import { chunkAad, chunkCount, chunkIv, chunkLength, chunkPlainBytes } from "../api/offline-format.ts";

interface SealedContent {
  readonly file: string;
  readonly key: Buffer;
  readonly trackId: string;
  readonly epoch: number;
  readonly plainBytes: number;
  /** The first chunk. */
  readonly from: number;
}

/** The sealed chunks of a file, read as they are wanted. Throws when the file is no longer as long as it was. */
export async function* sealContent(content: SealedContent): AsyncGenerator<Buffer> {
  const { key, trackId, epoch, plainBytes } = content;
  const handle = await open(content.file, "r");
  try {
    for (let n = content.from; n < chunkCount(plainBytes); n++) {
      const plain = Buffer.allocUnsafe(chunkLength(plainBytes, n));
      const { bytesRead } = await handle.read(plain, 0, plain.length, n * chunkPlainBytes);
      if (bytesRead !== plain.length) throw new Error("the file has changed while it was read");
      const cipher = createCipheriv("aes-256-gcm", key, chunkIv(n));
      cipher.setAAD(chunkAad(trackId, epoch, n, plainBytes));
      yield Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    }
  } finally {
    await handle.close();
  }
}
