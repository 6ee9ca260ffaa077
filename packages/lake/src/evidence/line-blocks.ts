import { createHash } from "node:crypto";

const lineFeed = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whole physical lines of a file. */
export interface LineBlock {
  /** Counts from 1. */
  readonly firstLine: number;
  /** Lines with their ends; only the file's last one may stand without. */
  readonly bytes: Buffer;
  readonly lines: number;
}

/** One line whose bytes are not kept because it is over the limit. */
export interface OverlongLine {
  readonly line: number;
  /** Of its bytes without the end. */
  readonly sha256: Buffer;
}

interface BlockLimits {
  /** A block ends at the first line end after so many bytes. */
  readonly blockBytes: number;
  readonly lineBytesMax: number;
}

interface CutOptions {
  readonly firstLine?: number;
  /** Hears every byte in order, before the block or line that it is part of comes out, and never those of a later one. */
  readonly onContent?: (bytes: Buffer) => void;
}

/**
 * Cuts bytes into blocks of whole lines. A byte order mark at the beginning is no part of the first line. Holds at most one
 * block and one line.
 */
export async function* cutBlocks(
  chunks: AsyncIterable<Buffer>,
  { blockBytes, lineBytesMax }: BlockLimits,
  { firstLine = 1, onContent = () => undefined }: CutOptions = {},
): AsyncGenerator<LineBlock | OverlongLine> {
  let line = firstLine;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let overlong: ReturnType<typeof createHash> | null = null;
  let beginning = firstLine === 1;

  const take = (bytes: Buffer): LineBlock => {
    onContent(bytes);
    const block = { firstLine: line, bytes, lines: countLines(bytes) };
    line += block.lines;
    return block;
  };
  /** The block that `bytes` end, whole lines only. */
  const endBlock = (bytes: Buffer): LineBlock => {
    const block = take(held.length === 0 ? bytes : Buffer.concat([...held, bytes]));
    held = [];
    heldBytes = 0;
    return block;
  };

  for await (const chunk of chunks) {
    let rest = chunk;
    if (beginning) {
      // A first chunk shorter than the mark is one of a file that has no more to come, or of a pipe: it is rare, and kept.
      if (rest.subarray(0, 3).equals(byteOrderMark)) {
        onContent(rest.subarray(0, 3));
        rest = rest.subarray(3);
      }
      beginning = false;
    }
    while (rest.length > 0) {
      if (overlong !== null) {
        const end = rest.indexOf(lineFeed);
        onContent(end === -1 ? rest : rest.subarray(0, end + 1));
        overlong.update(end === -1 ? rest : rest.subarray(0, end));
        if (end === -1) break;
        yield { line, sha256: overlong.digest() };
        line += 1;
        overlong = null;
        rest = rest.subarray(end + 1);
        continue;
      }
      const room = blockBytes - heldBytes;
      const end = rest.length > room ? rest.indexOf(lineFeed, Math.max(0, room)) : -1;
      if (end !== -1) {
        yield endBlock(rest.subarray(0, end + 1));
        rest = rest.subarray(end + 1);
        continue;
      }
      held.push(rest);
      heldBytes += rest.length;
      if (heldBytes > blockBytes + lineBytesMax) {
        // The line that does not end is over the limit; what stands before it is a block of its own.
        const all = Buffer.concat(held);
        const lastEnd = all.lastIndexOf(lineFeed);
        held = [];
        heldBytes = 0;
        if (lastEnd !== -1) yield take(all.subarray(0, lastEnd + 1));
        onContent(all.subarray(lastEnd + 1));
        overlong = createHash("sha256").update(all.subarray(lastEnd + 1));
      }
      break;
    }
  }
  if (overlong !== null) yield { line, sha256: overlong.digest() };
  else if (heldBytes > 0) yield endBlock(Buffer.alloc(0));
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) lines += 1;
  return bytes.length > 0 && bytes.at(-1) !== lineFeed ? lines + 1 : lines;
}
