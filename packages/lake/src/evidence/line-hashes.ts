import { createHash, hash } from "node:crypto";
import { open } from "node:fs/promises";

import { LakeError } from "../errors.ts";

const hashBytes = 32;
const hashWords = hashBytes / 4;
const buckets = 256;
const headerBytes = buckets * 4;
const chunkHashes = 32_768;
/** INVARIANT: 29 bits of a hash and a position are exact in a double. */
const bucketHashesMax = 2 ** 24;

/** SHA-256 of lines, kept until they are written: 32 bytes a line. */
export class LineHashes {
  #chunks: Buffer[] = [];
  #last = 0;
  /** Hashes that came ready. */
  #ready: Buffer[] = [];

  get count(): number {
    return this.#filled().reduce((sum, { length }) => sum + length, 0) / hashBytes;
  }

  /** Every line of `bytes` that is not blank, without its end; the first `skipLines` are passed over. */
  addLines(bytes: Buffer, skipLines: number): void {
    let line = 0;
    for (let start = 0; start < bytes.length; line += 1) {
      const feed = bytes.indexOf(0x0a, start);
      const end = feed === -1 ? bytes.length : feed;
      const text = bytes.subarray(start, end > start && bytes[end - 1] === 0x0d ? end - 1 : end);
      if (line >= skipLines && !isBlank(text)) this.addLine(text);
      start = end + 1;
    }
  }

  /** Many hashes, one after the other. */
  addHashes(hashes: Uint8Array): void {
    this.#ready.push(Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength));
  }

  /** All of them, in memory that is the caller's; afterwards there are none. */
  take(): readonly Uint8Array<ArrayBuffer>[] {
    const taken = this.#filled().map((chunk) => new Uint8Array(chunk));
    this.#chunks = [];
    this.#ready = [];
    this.#last = 0;
    return taken;
  }

  addLine(line: Uint8Array): void {
    // Text of one byte a character is the cheapest way to have a digest of Node.
    this.#room().write(hash("sha256", line, "binary"), this.#last * hashBytes, hashBytes, "latin1");
    this.#last += 1;
  }

  add(sha256: Uint8Array): void {
    this.#room().set(sha256, this.#last * hashBytes);
    this.#last += 1;
  }

  /** All of them by their first byte: how many there are of each (256 numbers of 32 bits, little-endian), then the hashes. */
  grouped(): Buffer {
    const counts = new Uint32Array(buckets);
    for (const chunk of this.#filled()) {
      for (let at = 0; at < chunk.length; at += hashBytes) {
        const bucket = chunk[at] ?? 0;
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
    }
    const grouped = Buffer.allocUnsafeSlow(headerBytes + this.count * hashBytes);
    const next = new Uint32Array(buckets);
    let position = headerBytes / 4;
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      grouped.writeUInt32LE(counts[bucket] ?? 0, bucket * 4);
      next[bucket] = position;
      position += (counts[bucket] ?? 0) * hashWords;
    }
    const to = wordsOf(grouped);
    for (const chunk of this.#filled()) {
      const from = wordsOf(chunk);
      for (let word = 0; word < from.length; word += hashWords) {
        const bucket = chunk[word * 4] ?? 0;
        const target = next[bucket] ?? 0;
        for (let index = 0; index < hashWords; index += 1) to[target + index] = from[word + index] ?? 0;
        next[bucket] = target + hashWords;
      }
    }
    return grouped;
  }

  #room(): Buffer {
    const chunk = this.#chunks.at(-1);
    if (chunk !== undefined && this.#last < chunkHashes) return chunk;
    const made = Buffer.allocUnsafeSlow(chunkHashes * hashBytes);
    this.#chunks.push(made);
    this.#last = 0;
    return made;
  }

  #filled(): readonly Buffer[] {
    const own = this.#chunks.map((chunk, index) =>
      index === this.#chunks.length - 1 ? chunk.subarray(0, this.#last * hashBytes) : chunk,
    );
    return [...this.#ready, ...own];
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

function wordsOf(buffer: Buffer): Uint32Array {
  return new Uint32Array(buffer.buffer, buffer.byteOffset, buffer.length / 4);
}
