/** One physical line of a file, blank ones too. */
export interface PhysicalLine {
  /** From 1. */
  readonly line: number;
  /** Without its line end. */
  readonly text: string;
  readonly ending: "\n" | "\r\n" | "";
}

/** A record of more UTF-16 code units is unreadable. */
export const recordCharsMax = 16 * 1024 * 1024;

/** Nothing but JSON's white space. */
export function lineIsBlank(text: string): boolean {
  return /^[ \t\r]*$/.test(text);
}

/** Why a longer one is unreadable. */
export const recordTooLong = `the record is longer than ${recordCharsMax / 1024 / 1024} Mi characters`;
