import { CliError } from "../cli-error.ts";

/**
 * A stream of files in the ustar format (POSIX.1-2024 `pax`), so that any tar lists a backup. Sizes over 8 GiB are written in base
 * 256, as GNU tar does.
 */

const blockBytes = 512;
const octalMax = 0o77777777777;

interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
  /** Where a link leads; null for a file. */
  readonly link: string | null;
  readonly mode: number;
}

/** The header block of an entry. Throws a RangeError for a name that ustar can't hold. */
export function archiveHeader({ name, bytes, link, mode }: ArchiveEntry): Buffer {
  const header = Buffer.alloc(blockBytes);
  const { prefix, rest } = splitName(name);
  header.write(rest, 0, 100, "utf8");
  header.write(mode.toString(8).padStart(7, "0"), 100, "latin1");
  header.write("0000000\0".repeat(2), 108, "latin1");
  if (bytes <= octalMax) header.write(bytes.toString(8).padStart(11, "0"), 124, "latin1");
  else {
    header.writeUInt8(0x80, 124);
    header.writeBigUInt64BE(BigInt(bytes), 128);
  }
  header.write("00000000000\0", 136, "latin1");
  header.write(" ".repeat(8), 148, "latin1");
  header.write(link === null ? "0" : "2", 156, "latin1");
  if (link !== null) {
    if (Buffer.byteLength(link) > 100) throw new RangeError(`link \`${link}\` is too long`);
    header.write(link, 157, 100, "utf8");
  }
  header.write("ustar\x0000", 257, "latin1");
  header.write(prefix, 345, 155, "utf8");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

function splitName(name: string): { readonly prefix: string; readonly rest: string } {
  if (Buffer.byteLength(name) <= 100) return { prefix: "", rest: name };
  for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) {
    const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(rest) <= 100) return { prefix, rest };
  }
  throw new RangeError(`name \`${name}\` is too long`);
}

/** Zeros up to the next block. */
export function archivePadding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

export const archiveEnd = Buffer.alloc(2 * blockBytes);

/** Takes a stream of bytes in blocks. */
class Blocks {
  readonly #source: AsyncIterator<Uint8Array>;
  #left: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes, fewer only at the end. */
  async take(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    while (length < bytes) {
      const part = await this.some(bytes - length);
      if (part === null) break;
      parts.push(part);
      length += part.length;
    }
    return Buffer.concat(parts);
  }

  /** Some bytes, at most so many; null at the end. */
  async some(bytesMax: number): Promise<Buffer | null> {
    if (this.#left.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return null;
      this.#left = Buffer.from(next.value);
    }
    const part = this.#left.subarray(0, bytesMax);
    this.#left = this.#left.subarray(part.length);
    return part;
  }
}

export interface ReadEntry extends ArchiveEntry {
  /** To be read to its end before the next entry is asked for. */
  readonly content: AsyncGenerator<Buffer>;
}

/** The entries of an archive as they come. Throws a CliError for one that is cut or is none. */
export async function* readArchive(
  file: string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<ReadEntry> {
  const blocks = new Blocks(source);
  const wrong = (what: string): CliError =>
    new CliError("ERR_CLI_FILE", `${file}: ${what}, expected a whole backup`);
  for (;;) {
    const header = await blocks.take(blockBytes);
    if (header.length < blockBytes) throw wrong("is cut short");
    if (header.every((byte) => byte === 0)) return;
    const entry = parseHeader(header);
    if (entry === null) throw wrong("is no backup");
    let left = entry.bytes;
    yield {
      ...entry,
      content: (async function* () {
        while (left > 0) {
          const part = await blocks.some(left);
          if (part === null) throw wrong("is cut short");
          left -= part.length;
          yield part;
        }
      })(),
    };
    while (left > 0) {
      const part = await blocks.some(left);
      if (part === null) throw wrong("is cut short");
      left -= part.length;
    }
    await blocks.take(archivePadding(entry.bytes).length);
  }
}

function parseHeader(header: Buffer): ArchiveEntry | null {
  const text = (from: number, length: number): string => {
    const field = header.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? length : end).toString("utf8");
  };
  if (text(257, 6) !== "ustar") return null;
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (Number.parseInt(text(148, 8), 8) !== sum) return null;
  const bytes =
    header[124] === 0x80 ? Number(header.readBigUInt64BE(128)) : Number.parseInt(text(124, 12), 8);
  const type = text(156, 1);
  if (!Number.isSafeInteger(bytes) || bytes < 0 || (type !== "0" && type !== "2")) return null;
  const prefix = text(345, 155);
  const name = prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  const link = type === "2" ? text(157, 100) : null;
  return { name, bytes, link, mode: Number.parseInt(text(100, 8), 8) & 0o777 };
}
