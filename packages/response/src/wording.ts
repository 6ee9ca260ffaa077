import { ResponseError } from "./errors.ts";

/** The most characters of a note, a reason or a statement. */
const textLengthMax = 10_000;

/** A text that a person must have written. Throws ERR_TEXT when it is blank or too long. */
export function requireText(what: string, text: string): string {
  if (text.trim() === "") throw new ResponseError("ERR_TEXT", [`${what} is blank, expected a text`]);
  if (text.length > textLengthMax) {
    throw new ResponseError("ERR_TEXT", [
      `${what} has ${text.length} characters, expected at most ${textLengthMax}`,
    ]);
  }
  return text;
}

/** Throws ERR_LIMIT when a list that grows has reached its limit. */
export function requireRoom(what: string, size: number, max: number): void {
  if (size >= max)
    throw new ResponseError("ERR_LIMIT", [`the incident has ${size} ${what}, expected at most ${max}`]);
}
