import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

import { OvertureError } from "../errors.ts";

/** What one installation holds of its session. */
export interface MintedSession {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const offsetBytes = 8;
const pendingBytesMax = 1 << 20;

function indexFileOf(file: string): string {
  return `${file}.index`;
}

/**
 * Sessions in a flat file, so that a million of them need not sit in memory. `FILE` holds one JSON array a line,
 * `FILE.index` one 64-bit little-endian offset for each of them and one for the end.
 */
export class SessionFileWriter {
  readonly #data: number;
  readonly #index: number;
  #dataPending: Buffer[] = [];
  #indexPending: Buffer[] = [];
  #pendingBytes = 0;
  #offset = 0;

  /** Makes both files with mode 0600; they hold credentials. */
  constructor(file: string) {
    this.#data = openSync(file, "w", 0o600);
    this.#index = openSync(indexFileOf(file), "w", 0o600);
    this.#mark();
  }

  append(session: MintedSession): void {
    const line = Buffer.from(`${JSON.stringify([session.accessToken, session.refreshToken])}\n`);
    this.#dataPending.push(line);
    this.#offset += line.length;
    this.#pendingBytes += line.length;
    this.#mark();
    if (this.#pendingBytes >= pendingBytesMax) this.#write();
  }

  close(): void {
    this.#write();
    closeSync(this.#data);
    closeSync(this.#index);
  }

  #mark(): void {
    const mark = Buffer.alloc(offsetBytes);
    mark.writeBigUInt64LE(BigInt(this.#offset));
    this.#indexPending.push(mark);
  }

  #write(): void {
    writeAll(this.#data, Buffer.concat(this.#dataPending));
    writeAll(this.#index, Buffer.concat(this.#indexPending));
    this.#dataPending = [];
    this.#indexPending = [];
    this.#pendingBytes = 0;
  }
}

function writeAll(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

/** Reads a session file by number; each read is two small reads from disk. */
export class SessionFile {
  readonly #data: number;
  readonly #index: number;
  readonly size: number;

  /** Throws an OvertureError when the index is cut. */
  constructor(file: string) {
    this.#data = openSync(file, "r");
    this.#index = openSync(indexFileOf(file), "r");
    const indexBytes = fstatSync(this.#index).size;
    if (indexBytes < offsetBytes || indexBytes % offsetBytes !== 0) {
      throw new OvertureError("ERR_OVERTURE_POPULATION", `\`${indexFileOf(file)}\` is cut`);
    }
    this.size = indexBytes / offsetBytes - 1;
  }

  /** Throws a RangeError for a number that the file does not hold. */
  read(number: number): MintedSession {
    if (!Number.isInteger(number) || number < 0 || number >= this.size) {
      throw new RangeError(`session \`${number}\` is not among ${this.size}`);
    }
    const marks = Buffer.alloc(2 * offsetBytes);
    readSync(this.#index, marks, 0, marks.length, number * offsetBytes);
    const from = Number(marks.readBigUInt64LE(0));
    const line = Buffer.alloc(Number(marks.readBigUInt64LE(offsetBytes)) - from);
    readSync(this.#data, line, 0, line.length, from);
    const [accessToken, refreshToken] = JSON.parse(line.toString("utf8")) as [string, string];
    return { accessToken, refreshToken };
  }

  close(): void {
    closeSync(this.#data);
    closeSync(this.#index);
  }
}
