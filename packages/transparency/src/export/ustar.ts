import { TransparencyError } from "../errors.ts";

/** One file of an archive. */
export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const blockBytes = 512;
/** What the `name` field of a ustar header holds. */
const nameBytesMax = 100;

/** Offset, length and value of each field of a ustar header (POSIX.1-2024 pax), but for name, size and checksum. */
const fixedFields: readonly (readonly [number, string])[] = [
  [100, "0000644\0"],
  [108, "0000000\0"],
  [116, "0000000\0"],
  // Modified at the epoch: when a file was made says nothing that the manifest does not.
  [136, "00000000000\0"],
  [156, "0"],
  [257, "ustar\0"],
  [263, "00"],
  [329, "0000000\0"],
  [337, "0000000\0"],
];

/**
 * True for a name that can only lie below the folder an archive is unpacked in: segments of letters, digits, dot, dash and
 * underscore that do not begin with a dot, at most 100 characters in all.
 */
function isArchiveName(name: string): boolean {
  return (
    name.length <= nameBytesMax &&
    /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(name)
  );
}

function header(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, "latin1");
  for (const [offset, value] of fixedFields) block.write(value, offset, "latin1");
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  // The checksum is the sum of all bytes with its own field as spaces.
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/**
 * A ustar archive of plain files, in the order given and with nothing in it that depends on the machine: the same files give
 * the same bytes. Throws ERR_EXPORT_CONTENT for a name that is no archive name or stands twice.
 */
export function packArchive(files: readonly ArchiveFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const names = new Set<string>();
  for (const { name, bytes } of files) {
    if (!isArchiveName(name) || names.has(name)) {
      throw new TransparencyError("ERR_EXPORT_CONTENT", `\`${name}\` is no name of its own in an archive`);
    }
    names.add(name);
    parts.push(header(name, bytes.length), bytes, Buffer.alloc(-bytes.length & (blockBytes - 1)));
  }
  parts.push(Buffer.alloc(2 * blockBytes));
  return Buffer.concat(parts);
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_EXPORT_MALFORMED", `archive is malformed: ${what}`);
}

/**
 * The files of an archive exactly as packArchive writes it: every byte of header, padding and end is checked, so that no two
 * archives hold the same files. The bytes of the files are views. Throws ERR_EXPORT_MALFORMED.
 */
export function unpackArchive(archive: Uint8Array, filesMax: number): readonly ArchiveFile[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const files: ArchiveFile[] = [];
  const names = new Set<string>();
  let offset = 0;
  while (bytes[offset] !== 0) {
    const block = bytes.subarray(offset, offset + blockBytes);
    if (block.length < blockBytes) throw malformed(`cut at byte ${offset}`);
    const nul = block.subarray(0, nameBytesMax).indexOf(0);
    const name = block.toString("latin1", 0, nul < 0 ? nameBytesMax : nul);
    if (!isArchiveName(name))
      throw malformed(`a name at byte ${offset} that leads out of its folder or is none`);
    if (names.has(name)) throw malformed(`\`${name}\` stands twice`);
    names.add(name);
    if (names.size > filesMax) throw malformed(`over ${filesMax} files`);
    const sizeText = block.toString("latin1", 124, 135);
    const size = /^[0-7]{11}$/.test(sizeText) ? Number.parseInt(sizeText, 8) : -1;
    const start = offset + blockBytes;
    const end = start + size;
    if (size < 0 || end > bytes.length) throw malformed(`\`${name}\` is longer than the archive`);
    if (!block.equals(header(name, size))) throw malformed(`the header of \`${name}\``);
    offset = end + (-size & (blockBytes - 1));
    if (bytes.subarray(end, offset).some((byte) => byte !== 0)) throw malformed(`what follows \`${name}\``);
    files.push({ name, bytes: bytes.subarray(start, end) });
  }
  const rest = bytes.subarray(offset);
  if (rest.length !== 2 * blockBytes || rest.some((byte) => byte !== 0)) throw malformed("its end");
  return files;
}
