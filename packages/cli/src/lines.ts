import { CliError } from "./cli-error.ts";

/** Some lines of a stream, without their ends. */
interface LineBatch {
  /** The number of the first of them, from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** The line after them is no line of text: an error that counts once these are dealt with. */
  readonly failure: CliError | null;
}

const lineEnd = 0x0a;

/**
 * The lines of a stream of UTF-8, as many at a time as arrived together. LF or CRLF ends a line; what follows the last
 * one is a line only when it is not empty. A byte order mark at the beginning is skipped. A line that is not UTF-8 or
 * longer than `lineBytesMax` comes as the `failure` of the last batch. `name` stands for the file in it.
 */
export async function* lineBatches(
  stream: AsyncIterable<Uint8Array>,
  options: { readonly name: string; readonly lineBytesMax: number },
): AsyncGenerator<LineBatch> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let firstLine = 1;
  for await (const part of stream) {
    const chunk = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    const end = chunk.lastIndexOf(lineEnd);
    if (end < 0) {
      rest.push(chunk);
      restBytes += chunk.length;
      if (restBytes > options.lineBytesMax) break;
      continue;
    }
    const batch = readBatch(Buffer.concat([...rest, chunk.subarray(0, end)]), firstLine, options);
    yield batch;
    if (batch.failure !== null) return;
    firstLine += batch.lines.length;
    rest = [chunk.subarray(end + 1)];
    restBytes = chunk.length - end - 1;
  }
  if (restBytes > 0) yield readBatch(Buffer.concat(rest), firstLine, options);
}

function readBatch(
  bytes: Buffer,
  firstLine: number,
  { name, lineBytesMax }: { readonly name: string; readonly lineBytesMax: number },
): LineBatch {
  const text = decode(bytes, firstLine === 1);
  if (text !== null) {
    const lines = text.split("\n").map(withoutReturn);
    // UTF-8 takes at most three bytes for each UTF-16 unit, so short text needs no count.
    if (lines.every((line) => line.length * 3 <= lineBytesMax || Buffer.byteLength(line) <= lineBytesMax)) {
      return { firstLine, lines, failure: null };
    }
  }
  return upToFailure(bytes, firstLine, { name, lineBytesMax });
}

/** Line by line, to find the one that is at fault. */
function upToFailure(
  bytes: Buffer,
  firstLine: number,
  { name, lineBytesMax }: { readonly name: string; readonly lineBytesMax: number },
): LineBatch {
  const lines: string[] = [];
  for (let start = 0; start <= bytes.length;) {
    const end = bytes.indexOf(lineEnd, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    const number = firstLine + lines.length;
    const text = line.length > lineBytesMax ? null : decode(line, number === 1);
    if (text === null) {
      const [what, expected] =
        line.length > lineBytesMax
          ? [`over ${lineBytesMax} bytes`, "shorter lines"]
          : ["bytes that are not UTF-8", "UTF-8"];
      const failure = new CliError("ERR_CLI_FILE", `${name}:${number}: ${what}, expected ${expected}`);
      return { firstLine, lines, failure };
    }
    lines.push(withoutReturn(text));
    start = end < 0 ? bytes.length + 1 : end + 1;
  }
  return { firstLine, lines, failure: null };
}

function decode(bytes: Buffer, isBeginning: boolean): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: !isBeginning }).decode(bytes);
  } catch {
    // Not UTF-8: the caller looks for the line.
    return null;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
