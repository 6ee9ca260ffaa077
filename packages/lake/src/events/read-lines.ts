import { createHash } from "node:crypto";

/** One line that is not blank. */
export interface RawLine {
  /** From 1. */
  readonly line: number;
  /** Without its line end; null when the line is over the limit. */
  readonly bytes: Buffer | null;
  /** Of a line over the limit, whose bytes are not kept. */
  readonly sha256: Buffer | null;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts bytes into lines, batch by batch: LF and CRLF end a line, the last one may stand without; blank lines are no
 * lines; a byte order mark at the beginning is no part of the first. Keeps at most `lineBytesMax` bytes of a line.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  lineBytesMax: number,
): AsyncGenerator<readonly RawLine[]> {
  let line = 1;
  let held: Buffer[] = [];
  let heldBytes = 0;
  // Of a line over the limit only the hash is carried on.
  let overlong: ReturnType<typeof createHash> | null = null;

  const hold = (part: Buffer): void => {
    if (overlong === null && heldBytes + part.length > lineBytesMax) {
      overlong = createHash("sha256");
      for (const earlier of held) overlong.update(earlier);
      held = [];
      heldBytes = 0;
    }
    if (overlong !== null) overlong.update(part);
    else if (part.length > 0) {
      held.push(part);
      heldBytes += part.length;
    }
  };
  const end = (): RawLine | null => {
    const number = line;
    line += 1;
    if (overlong !== null) {
      const sha256 = overlong.digest();
      overlong = null;
      return { line: number, bytes: null, sha256 };
    }
    const [first] = held;
    let bytes = held.length === 1 && first !== undefined ? first : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    if (number === 1 && bytes.subarray(0, 3).equals(byteOrderMark)) bytes = bytes.subarray(3);
    if (bytes.at(-1) === carriageReturn) bytes = bytes.subarray(0, -1);
    return isBlank(bytes) ? null : { line: number, bytes, sha256: null };
  };

  for await (const chunk of chunks) {
    const batch: RawLine[] = [];
    let start = 0;
    for (;;) {
      const feed = chunk.indexOf(lineFeed, start);
      if (feed === -1) break;
      hold(chunk.subarray(start, feed));
      const ended = end();
      if (ended !== null) batch.push(ended);
      start = feed + 1;
    }
    hold(chunk.subarray(start));
    if (batch.length > 0) yield batch;
  }
  const last = end();
  if (last !== null) yield [last];
}

/** Nothing but JSON's white space. */
function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09 && byte !== carriageReturn) return false;
  return true;
}
