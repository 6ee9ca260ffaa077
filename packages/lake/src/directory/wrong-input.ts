import { LakeError } from "../errors.ts";

const excerptLengthMax = 60;

/** Input as a message may show it: one line, bounded, in backticks. */
export function excerpt(text: string): string {
  const cut = text.length > excerptLengthMax ? `${text.slice(0, excerptLengthMax)}…` : text;
  // JSON escapes what would break the line or the terminal; the quotes it adds go again.
  return `\`${JSON.stringify(cut).slice(1, -1)}\``;
}

/** `FILE:LINE: what, expected …`; `line` (of a Parquet file: row) counts from 1, null means the whole file. */
export function wrongInput(file: string, line: number | null, what: string, expected: string): LakeError {
  const place = line === null ? file : `${file}:${line}`;
  return new LakeError("ERR_LAKE_INPUT", `${place}: ${what}, expected ${expected}`);
}
