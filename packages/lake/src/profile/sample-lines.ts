import { isUtf8 } from "node:buffer";

import type { AssembledRecord, RecordAssembler } from "@cordon/evidence";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

interface LinesRequest {
  readonly bytes: Buffer;
  readonly assembler: RecordAssembler;
  readonly recordsMax: number;
  /** True when the bytes begin somewhere in a line, which is then left out. */
  readonly startsCut: boolean;
  /** True when they end somewhere in a line. */
  readonly endsCut: boolean;
  /** A line that came before them: a CSV file's header. */
  readonly header: string | null;
}

/** The records of a part of a file, as the assembler makes them of its whole lines. Line numbers are of the part. */
export function recordsOfLines(request: LinesRequest): readonly AssembledRecord[] {
  const { bytes, assembler, recordsMax, startsCut, endsCut, header } = request;
  const records: AssembledRecord[] = [];
  let line = 1;
  if (header !== null) {
    assembler.take({ line, text: header, ending: "\n" });
    line += 1;
  }
  let start = startsCut ? bytes.indexOf(lineFeed) + 1 : 0;
  if (startsCut && start === 0) return [];
  while (start < bytes.length) {
    const feed = bytes.indexOf(lineFeed, start);
    if (feed < 0 && endsCut) return records;
    const isReturned = feed > start && bytes[feed - 1] === carriageReturn;
    const text = bytes.subarray(start, feed < 0 ? bytes.length : isReturned ? feed - 1 : feed);
    records.push(
      ...(isUtf8(text)
        ? assembler.take({
            line,
            text: text.toString("utf8"),
            ending: feed < 0 ? "" : isReturned ? "\r\n" : "\n",
          })
        : assembler.miss(line, "the line is no UTF-8")),
    );
    line += 1;
    if (records.length >= recordsMax) return records;
    if (feed < 0) break;
    start = feed + 1;
  }
  // A record over many lines whose end was cut off is no fault of the file.
  if (!endsCut) records.push(...assembler.end());
  return records;
}
