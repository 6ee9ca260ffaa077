import { open } from "node:fs/promises";

import { unpackFile } from "../unpack-file.ts";
import { LakeError } from "../errors.ts";
import { sampleLimits } from "./sample-limits.ts";

/** Some bytes of a file, unpacked. */
interface Spot {
  readonly bytes: Buffer;
  /** True for the file's beginning; any other spot begins somewhere in a line. */
  readonly isBeginning: boolean;
  /** True when the file ends where the bytes do; else the last line is cut. */
  readonly isEnd: boolean;
}

export interface FileSample {
  /** The beginning first. */
  readonly spots: readonly [Spot, ...Spot[]];
  /** Why the file could not be read to the end of the sample; null when it could. */
  readonly problem: string | null;
}

/** A bounded sample of one file. A packed one can only be read from its beginning; a bomb is stopped at the limit. */
export async function sampleFile(file: string): Promise<FileSample> {
  return /\.(gz|zst)$/.test(file) ? samplePacked(file) : samplePlain(file);
}

async function samplePacked(file: string): Promise<FileSample> {
  const chunks: Buffer[] = [];
  let length = 0;
  let hasLineEnd = false;
  let isEnd = true;
  let problem: string | null = null;
  try {
    for await (const chunk of unpackFile(file)) {
      chunks.push(chunk);
      length += chunk.length;
      hasLineEnd ||= chunk.includes(lineFeed);
      isEnd = false;
      if (length >= (hasLineEnd ? sampleLimits.bytesPerSpot : sampleLimits.bytesPerLine)) break;
      isEnd = true;
    }
  } catch (error) {
    problem = reasonOf(error);
    isEnd = false;
  }
  return { spots: [{ bytes: Buffer.concat(chunks), isBeginning: true, isEnd }], problem };
}

const lineFeed = 0x0a;

async function samplePlain(file: string): Promise<FileSample> {
  const { bytesPerSpot, bytesPerLine } = sampleLimits;
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const read = async (at: number, length: number): Promise<Buffer> => {
        const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - at)));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        return buffer.subarray(0, bytesRead);
      };
      const isSmall = size <= 3 * bytesPerSpot;
      let bytes = await read(0, isSmall ? size : bytesPerSpot);
      if (!isSmall && !bytes.includes(lineFeed)) bytes = await read(0, bytesPerLine);
      const beginning = { bytes, isBeginning: true, isEnd: bytes.length >= size };
      if (isSmall || bytes.length >= size / 2) return { spots: [beginning], problem: null };
      const middle = {
        bytes: await read(Math.floor(size / 2), bytesPerSpot),
        isBeginning: false,
        isEnd: false,
      };
      const end = { bytes: await read(size - bytesPerSpot, bytesPerSpot), isBeginning: false, isEnd: true };
      return { spots: [beginning, middle, end], problem: null };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { spots: [{ bytes: Buffer.alloc(0), isBeginning: true, isEnd: false }], problem: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof LakeError) return error.message;
  if (error instanceof Error && "syscall" in error) return error.message;
  throw error;
}
