import { parseLogTimeUs } from "@cordon/model";

import type { Format } from "./data-map.ts";
import type { LogValue } from "./log-value.ts";

/** The notations of one instant: date and time of day to the second, a fraction, and `Z`, `UTC`, `GMT` or an offset. */
const notation =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))? ?(?:(Z|UTC|GMT)|([+-]\d\d)(?::?(\d\d))?)$/i;

/**
 * The instant of a record's time in microseconds since the epoch, floored; null for anything else. A text needs `Z`, `UTC`,
 * `GMT` or an offset: without it, or with any other zone (`CEST`, `Europe/Stockholm`), an hour of autumn comes twice. A leap
 * second has no instant of its own here, so it is none. A number is milliseconds since the epoch where the format says so (OCSF
 * `timestamp_t`), and no time anywhere else.
 */
export function logTimeUs(value: LogValue | undefined, format: Format): number | null {
  if (typeof value === "string") {
    const match = notation.exec(value);
    if (match === null) return null;
    const [, date, time, fraction, , hours, minutes = "00"] = match;
    return parseLogTimeUs(
      `${date}T${time}${fraction === undefined ? "" : `.${fraction}`}${hours === undefined ? "Z" : `${hours}:${minutes}`}`,
    );
  }
  return format === "ocsf" && typeof value === "number" ? epochMsToUs(value) : null;
}

/** What is wrong with a text that logTimeUs takes for no time: one word or clause after "its time". */
export function timeFlaw(text: string): string {
  if (/:60(?:[.,]\d+)? ?(?:Z|UTC|GMT|[+-]\d\d.*)$/i.test(text)) return "is a leap second";
  const local = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?\p{L}.*)?$/u;
  return local.test(text) && !/(?:Z|UTC|GMT) *$/i.test(text) ? "has no offset from UTC" : "is malformed";
}

/** Years 0 to 9999. */
const epochMs = { min: -62_167_219_200_000, end: 253_402_300_800_000 };

function epochMsToUs(ms: number): number | null {
  if (!(ms >= epochMs.min && ms < epochMs.end)) return null;
  if (Number.isInteger(ms)) return ms * 1000 + 0;
  // The number's shortest decimal text is what was written: a multiplication would round.
  const [, sign, whole = "0", fraction = ""] = /^(-?)(\d+)\.(\d+)$/.exec(String(ms)) ?? [];
  if (sign === undefined) return ms < 0 ? -1 : 0;
  const us = Number(whole) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
  if (sign === "") return us;
  return /[1-9]/.test(fraction.slice(3)) ? -us - 1 : -us;
}
