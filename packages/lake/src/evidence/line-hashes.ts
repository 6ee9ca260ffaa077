import { createHash, hash } from "node:crypto";
import { open } from "node:fs/promises";

import { LakeError } from "../errors.ts";

const hashBytes = 32;
const buckets = 256;
const headerBytes = buckets * 4;
/** Room that a bucket begins with, and by how much it grows. */
const bucketHashesMin = 16;
const growth = 1.5;
/** INVARIANT: 29 bits of a hash and a position are exact in a double. */
const bucketHashesMax = 2 ** 24;

/** SHA-256 of lines by their first byte, kept until they are written: 32 bytes a line. */
export class LineHashes {
  readonly #buckets: Buffer[] = Array.from({ length: buckets }, () => Buffer.alloc(0));
  readonly #counts = new Uint32Array(buckets);
  /** Hashes that came grouped. */
  readonly #grouped: Buffer[] = [];

  get isEmpty(): boolean {
    return this.#grouped.length === 0 && this.#counts.every((count) => count === 0);
  }

  /**
   * Every line of `bytes` that is not blank, without its end; `ends` as a LineBlock has them. The first `skipLines` are
   * passed over.
   */
  addLines(bytes: Buffer, ends: Uint32Array, skipLines: number): void {
    let start = 0;
    for (let line = 0; line < ends.length; line += 1) {
      const end = ends[line] ?? 0;
      const text = bytes.subarray(start, end > start && bytes[end - 1] === 0x0d ? end - 1 : end);
      if (line >= skipLines && !isBlank(text)) this.addLine(text);
      start = end + 1;
    }
  }

  /** What `grouped` gave, in memory that is nobody else's. */
  addGrouped(grouped: Buffer): void {
    this.#grouped.push(grouped);
  }

  addLine(line: Uint8Array): void {
    // Text of one byte a character is the cheapest way to have a digest of Node.
    const sha256 = hash("sha256", line, "binary");
    const bucket = sha256.charCodeAt(0);
    const count = this.#counts[bucket] ?? 0;
    this.#room(bucket, count).write(sha256, count * hashBytes, hashBytes, "latin1");
    this.#counts[bucket] = count + 1;
  }

  add(sha256: Uint8Array): void {
    const bucket = sha256[0] ?? 0;
    const count = this.#counts[bucket] ?? 0;
    this.#room(bucket, count).set(sha256, count * hashBytes);
    this.#counts[bucket] = count + 1;
  }

  /** All of them by their first byte: how many there are of each (256 numbers of 32 bits, little-endian), then the hashes. */
  grouped(): Buffer<ArrayBuffer> {
    const hashes = this.#buckets.map((room, bucket) => [
      room.subarray(0, (this.#counts[bucket] ?? 0) * hashBytes),
    ]);
    for (const grouped of this.#grouped) {
      let at = headerBytes;
      for (const [bucket, parts] of hashes.entries()) {
        const end = at + grouped.readUInt32LE(bucket * 4) * hashBytes;
        parts.push(grouped.subarray(at, end));
        at = end;
      }
    }
    const bytesOf = (parts: readonly Buffer[]): number => parts.reduce((sum, { length }) => sum + length, 0);
    const result = Buffer.allocUnsafeSlow(
      headerBytes + hashes.reduce((sum, parts) => sum + bytesOf(parts), 0),
    );
    let at = headerBytes;
    for (const [bucket, parts] of hashes.entries()) {
      result.writeUInt32LE(bytesOf(parts) / hashBytes, bucket * 4);
      for (const part of parts) at += part.copy(result, at);
    }
    return result;
  }

  #room(bucket: number, count: number): Buffer {
    const room = this.#buckets[bucket];
    if (room !== undefined && room.length > count * hashBytes) return room;
    const made = Buffer.allocUnsafeSlow(Math.ceil(Math.max(bucketHashesMin, count * growth)) * hashBytes);
    room?.copy(made);
    this.#buckets[bucket] = made;
    return made;
  }
}

function isBlank(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}

/** Where grouped hashes are read from. */
interface GroupedHashes {
  read(at: number, bytes: number): Promise<Buffer>;
}

export type SortHashes = (hashes: Buffer) => Promise<Uint8Array>;

/**
 * SHA-256 over the sorted hashes of lines that are grouped in files and in memory, in hex. Holds two of 256 portions of them
 * at a time; `sortElsewhere`, where it is given, sorts every other one beside this thread.
 */
export async function digestOfLines(
  files: readonly string[],
  grouped: readonly Buffer[] = [],
  sortElsewhere: SortHashes | null = null,
): Promise<string> {
  const sources: readonly GroupedHashes[] = [
    ...files.map((file) => ({ read: (at: number, bytes: number) => readAt(file, at, bytes) })),
    ...grouped.map((buffer) => ({
      read: (at: number, bytes: number) => Promise.resolve(buffer.subarray(at, at + bytes)),
    })),
  ];
  const counts: Buffer[] = [];
  for (const source of sources) counts.push(await source.read(0, headerBytes));
  const positions = sources.map(() => headerBytes);
  const readBucket = async (bucket: number): Promise<Buffer> => {
    const portions: Buffer[] = [];
    for (const [index, source] of sources.entries()) {
      const bytes = (counts[index]?.readUInt32LE(bucket * 4) ?? 0) * hashBytes;
      if (bytes === 0) continue;
      portions.push(await source.read(positions[index] ?? 0, bytes));
      positions[index] = (positions[index] ?? 0) + bytes;
    }
    return Buffer.concat(portions);
  };
  const digest = createHash("sha256");
  for (let bucket = 0; bucket < buckets; bucket += 2) {
    const first = await readBucket(bucket);
    const second = await readBucket(bucket + 1);
    const elsewhere = sortElsewhere === null ? null : sortElsewhere(second);
    digest.update(sortHashes(first));
    digest.update(elsewhere === null ? sortHashes(second) : await elsewhere);
  }
  return digest.digest("hex");
}

async function readAt(file: string, at: number, bytes: number): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.allocUnsafeSlow(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, at);
    if (bytesRead === bytes) return buffer;
  } finally {
    await handle.close();
  }
  throw new LakeError("ERR_LAKE_FILE", `${file}: it is cut short, expected what was imported`);
}

/** Hashes of one first byte, in order. */
export function sortHashes(hashes: Buffer): Buffer {
  const count = hashes.length / hashBytes;
  if (count > bucketHashesMax)
    throw new RangeError(`more than ${bucketHashesMax * buckets} lines in one source`);
  // Numbers sort faster than bytes: 29 bits of the hash after its first byte, then its position.
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index += 1)
    keys[index] = (hashes.readUInt32BE(index * hashBytes + 1) >>> 3) * bucketHashesMax + index;
  keys.sort();
  const result = Buffer.allocUnsafe(hashes.length);
  const put = (index: number, position: number): void => {
    hashes.copy(result, position * hashBytes, index * hashBytes, (index + 1) * hashBytes);
  };
  for (let from = 0; from < count;) {
    const prefix = Math.floor((keys[from] ?? 0) / bucketHashesMax);
    let to = from + 1;
    while (to < count && Math.floor((keys[to] ?? 0) / bucketHashesMax) === prefix) to += 1;
    if (to === from + 1) {
      put((keys[from] ?? 0) - prefix * bucketHashesMax, from);
      from = to;
      continue;
    }
    const indexes = Array.from(keys.subarray(from, to), (key) => key - prefix * bucketHashesMax);
    indexes.sort((a, b) =>
      hashes.compare(hashes, b * hashBytes, (b + 1) * hashBytes, a * hashBytes, (a + 1) * hashBytes),
    );
    for (const [offset, index] of indexes.entries()) put(index, from + offset);
    from = to;
  }
  return result;
}
