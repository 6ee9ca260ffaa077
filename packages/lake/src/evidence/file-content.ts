import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of a file as it lies there, in hex. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>)
    hash.update(chunk);
  return hash.digest("hex");
}

/**
 * Whether content begins with what was read of it before: it `ends` there, it `goes-on`, with the end of a line as what
 * comes next (`line-ends`), or it is `other` content.
 */
export async function contentBegins(
  chunks: AsyncIterable<Buffer>,
  held: { readonly contentBytes: number; readonly contentSha256: string },
): Promise<"ends" | "goes-on" | "line-ends" | "other"> {
  const hash = createHash("sha256");
  let left = held.contentBytes;
  const matches = (): boolean => hash.copy().digest("hex") === held.contentSha256;
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, left);
    hash.update(part);
    left -= part.length;
    if (part.length < chunk.length) {
      if (!matches()) return "other";
      return /^\r?\n/.test(chunk.toString("latin1", part.length, part.length + 2)) ? "line-ends" : "goes-on";
    }
  }
  return left === 0 && matches() ? "ends" : "other";
}
