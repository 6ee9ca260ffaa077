import { open, type FileHandle } from "node:fs/promises";
import { CliError } from "./cli-error.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "is a folder",
  ENOTDIR: "a part of the path is no folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "no space left on the disk",
  EROFS: "the disk is read-only",
  EEXIST: "is there already",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "the links go round in a circle",
  EADDRINUSE: "the address is in use",
  ECONNREFUSED: "connection refused",
};

/** A file over the size that the caller allows. */
export class TooLarge extends CliError {}

/** What a failed system call means in words; null when the error is none of the operating system's. */
export function systemReason(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return reasons[error.code] ?? (/^E[A-Z0-9]+$/.test(error.code) ? error.code : null);
}

/** `error` as wrong input when the system would not open or write `file`, else as it is. */
export function fileError(file: string, error: unknown, expected: string): unknown {
  const reason = systemReason(error);
  if (reason === null) return error;
  return new CliError("ERR_CLI_FILE", `${file}: ${reason}, expected ${expected}`, { cause: error });
}

/**
 * The bytes of a file, at most `bytesMax` of them. `expected` completes the line on stderr: `FILE: no such file,
 * expected <expected>`.
 */
export async function readInputFile(file: string, bytesMax: number, expected: string): Promise<Buffer> {
  try {
    const handle = await open(file, "r");
    try {
      return await readBounded(handle, file, bytesMax, expected);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(file, error, expected);
  }
}

async function readBounded(
  handle: FileHandle,
  file: string,
  bytesMax: number,
  expected: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Read by chunks, not by the size of `stat`: pipes have none, and a file may grow meanwhile.
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(1 << 20), 0, 1 << 20, null);
    if (bytesRead === 0) return Buffer.concat(chunks, length);
    length += bytesRead;
    if (length > bytesMax) {
      throw new TooLarge("ERR_CLI_FILE", `${file}: over ${bytesMax} bytes, expected ${expected}`);
    }
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/** The text of a UTF-8 file without its byte order mark. */
export async function readInputText(file: string, bytesMax: number, expected: string): Promise<string> {
  const bytes = await readInputFile(file, bytesMax, expected);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CliError("ERR_CLI_FILE", `${file}:${lineOfBadUtf8(bytes)}: is not UTF-8, expected ${expected}`);
  }
}

function lineOfBadUtf8(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const slice = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!Buffer.from(slice.toString("utf8"), "utf8").equals(slice)) break;
    start = end < 0 ? bytes.length : end + 1;
  }
  return line;
}
