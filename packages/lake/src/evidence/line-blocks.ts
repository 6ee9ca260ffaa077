import { createHash } from "node:crypto";

const lineFeed = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whole physical lines of a file. */
export interface LineBlock {
  /** Counts from 1. */
  readonly firstLine: number;
  /** Lines with their ends; only the file's last one may stand without. */
  readonly bytes: Buffer;
  /** Where each line's feed stands; for a last line without one, where the bytes end. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Whether nobody else reads the memory that the bytes are in. */
  readonly isOwn: boolean;
}

/** One line whose bytes are not kept because it is over the limit. */
export interface OverlongLine {
  readonly line: number;
  /** Of its bytes without the end. */
  readonly sha256: Buffer;
}

interface BlockLimits {
  /** A block ends at the first line end after so many bytes; with a chunk that ends a line also after half as many. */
  readonly blockBytes: number;
  readonly lineBytesMax: number;
}

interface CutOptions {
  readonly firstLine?: number;
  /** Whether each chunk is memory that nobody else reads any more. */
  readonly ownsChunks?: boolean;
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
  { firstLine = 1, ownsChunks = false, onContent = () => undefined }: CutOptions = {},
): AsyncGenerator<LineBlock | OverlongLine> {
  let line = firstLine;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let overlong: ReturnType<typeof createHash> | null = null;
  let beginning = firstLine === 1;

  const take = (bytes: Buffer, isOwn: boolean): LineBlock => {
    onContent(bytes);
    const block = { firstLine: line, bytes, ends: lineEnds(bytes), isOwn };
    line += block.ends.length;
    return block;
  };
  /** The block that `bytes` end, whole lines only; `isOwn`: they are all that is left of their chunk, and its only ones. */
  const endBlock = (bytes: Buffer, isOwn: boolean): LineBlock => {
    const block =
      held.length === 0
        ? take(bytes, isOwn)
        : take(
            bytes.length === 0 && held.length === 1 ? (held[0] ?? bytes) : Buffer.concat([...held, bytes]),
            false,
          );
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
      if (rest.length <= room && heldBytes + rest.length >= blockBytes / 2 && rest.at(-1) === lineFeed) {
        yield endBlock(rest, ownsChunks && rest.length === chunk.length);
        break;
      }
      const end = rest.length > room ? rest.indexOf(lineFeed, Math.max(0, room)) : -1;
      if (end !== -1) {
        yield endBlock(rest.subarray(0, end + 1), false);
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
        if (lastEnd !== -1) yield take(all.subarray(0, lastEnd + 1), false);
        onContent(all.subarray(lastEnd + 1));
        overlong = createHash("sha256").update(all.subarray(lastEnd + 1));
      }
      break;
    }
  }
  if (overlong !== null) yield { line, sha256: overlong.digest() };
  else if (heldBytes > 0) yield endBlock(Buffer.alloc(0), false);
}

/** A guess of how long lines are, in bytes. */
const usualLineBytes = 64;

/** As LineBlock's `ends`. */
export function lineEnds(bytes: Buffer): Uint32Array<ArrayBuffer> {
  let ends = new Uint32Array(Math.ceil(bytes.length / usualLineBytes) + 1);
  let lines = 0;
  for (let start = 0; start < bytes.length; lines += 1) {
    if (lines === ends.length) {
      const more = new Uint32Array(ends.length * 2);
      more.set(ends);
      ends = more;
    }
    const feed = bytes.indexOf(lineFeed, start);
    const end = feed === -1 ? bytes.length : feed;
    ends[lines] = end;
    start = end + 1;
  }
  return ends.subarray(0, lines);
}
