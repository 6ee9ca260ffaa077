import { createHash } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { access, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { attachmentBytesMax } from "@cordon/contract";
import { ControlPlaneError } from "../errors.ts";

interface StoredAttachment {
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * HOME/attachments: files by the SHA-256 of what is in them. INVARIANT: no name that anybody wrote is ever part of a path; equal files
 * are one.
 */
export class AttachmentStore {
  readonly #folder: string;
  readonly #randomBytes: (count: number) => Uint8Array;

  constructor(home: string, randomBytes: (count: number) => Uint8Array) {
    this.#folder = join(home, "attachments");
    this.#randomBytes = randomBytes;
  }

  /** Takes a file as it comes; nothing of it stays when it is cut short. Throws ERR_PLANE_ATTACHMENT when it is too large. */
  async put(chunks: AsyncIterable<Uint8Array>): Promise<StoredAttachment> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = join(this.#folder, `${Buffer.from(this.#randomBytes(16)).toString("hex")}.part`);
    try {
      const stored = await write(draft, chunks);
      await rename(draft, this.#named(stored.sha256));
      return stored;
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Null when its bytes are not here. */
  async read(sha256: string): Promise<ReadStream | null> {
    try {
      await access(this.#named(sha256));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
    return createReadStream(this.#named(sha256));
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.#named(sha256), { force: true });
  }

  #named(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError("no SHA-256");
    return join(this.#folder, sha256);
  }
}

async function write(file: string, chunks: AsyncIterable<Uint8Array>): Promise<StoredAttachment> {
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await open(file, "wx", 0o600);
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > attachmentBytesMax)
        throw new ControlPlaneError(
          "ERR_PLANE_ATTACHMENT",
          `the file is larger than ${attachmentBytesMax} bytes`,
        );
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest("hex"), bytes };
}
