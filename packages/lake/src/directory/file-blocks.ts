import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { LakeError } from "../errors.ts";
import { excerpt, wrongInput } from "./wrong-input.ts";

/** Longest line, in bytes. */
export const lineBytesMax = 1024 * 1024;

const lineFeed = 10;
const byteOrderMark = "\uFEFF";

/** Whole lines of a file. */
export interface Block {
  readonly text: string;
  /** The number of its first line, from 1. */
  readonly line: number;
}

/**
 * A text file in blocks that end at line ends, unpacked when its name ends in .gz or .zst, without a byte order mark.
 * Throws LakeError: a file that cannot be read or unpacked, a line over the limit, a line that is no UTF-8.
 */
export async function* fileBlocks(file: string): AsyncGenerator<Block> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 1;
  for await (const chunk of unpacked(file)) {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      const block = decode(file, line, Buffer.concat([...held, chunk.subarray(0, end)]));
      yield {
        text: line === 1 && block.text.startsWith(byteOrderMark) ? block.text.slice(1) : block.text,
        line,
      };
      line += block.lines;
      held = [];
      heldBytes = 0;
    }
    if (end === chunk.length) continue;
    held.push(chunk.subarray(end));
    heldBytes += chunk.length - end;
    if (heldBytes > lineBytesMax) throw lineTooLong(file, line);
  }
  if (heldBytes === 0) return;
  const { text } = decode(file, line, Buffer.concat(held));
  yield { text: line === 1 && text.startsWith(byteOrderMark) ? text.slice(1) : text, line };
}

export function lineTooLong(file: string, line: number): LakeError {
  return wrongInput(file, line, "a record that does not end", `at most ${lineBytesMax} bytes`);
}

/** SHA-256 (hex) of a file as it lies there. */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file, {
      highWaterMark: lineBytesMax,
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return hash.digest("hex");
}

export function unreadable(file: string, error: unknown): LakeError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reasons = new Map([
    ["ENOENT", "there is no such file"],
    ["EISDIR", "it is a folder"],
    ["EACCES", "it may not be read"],
  ]);
  const reason = reasons.get(code) ?? (error instanceof Error ? error.message.split("\n")[0] : String(error));
  return new LakeError("ERR_LAKE_FILE", `${file}: ${reason ?? ""}, expected a file that can be read`, {
    cause: error,
  });
}

async function* unpacked(file: string): AsyncGenerator<Buffer> {
  const raw = createReadStream(file, { highWaterMark: lineBytesMax });
  const unpack = file.endsWith(".gz")
    ? createGunzip()
    : file.endsWith(".zst")
      ? createZstdDecompress()
      : null;
  // pipeline hands an error on to the stream that is read, where it is thrown.
  const stream: Readable = unpack === null ? raw : pipeline(raw, unpack, () => undefined);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw unreadable(file, error);
    if (unpack === null) throw error;
    const what = `it cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`;
    throw wrongInput(file, null, what, file.endsWith(".gz") ? "gzip" : "Zstandard");
  }
}

function decode(
  file: string,
  line: number,
  bytes: Buffer,
): { readonly text: string; readonly lines: number } {
  let lines = 0;
  const valid = isUtf8(bytes);
  for (let start = 0; start < bytes.length; lines++) {
    const at = bytes.indexOf(lineFeed, start);
    const end = at === -1 ? bytes.length : at;
    if (end - start > lineBytesMax) throw lineTooLong(file, line + lines);
    if (!valid && !isUtf8(bytes.subarray(start, end))) {
      throw wrongInput(
        file,
        line + lines,
        `bytes that are no UTF-8: ${excerpt(bytes.toString("latin1", start, end))}`,
        "UTF-8",
      );
    }
    start = end + 1;
  }
  return { text: bytes.toString("utf8"), lines };
}
