const dayMs = 86_400_000;
/** `2014-05-27T12:00:00Z`: what comes before the fraction has as many characters in each time. */
const fractionAt = 19;

/**
 * Milliseconds since the epoch of an RFC 3339 time with `Z`, floored to the millisecond; null for anything else. Every
 * year from 0000 is a year (some services write `0001-01-01T00:00:00Z` for "never"); a leap second is none.
 */
export function parseInstant(text: string): number | null {
  const { length } = text;
  if (length <= fractionAt || !isPunctuated(text) || text[length - 1] !== "Z") return null;
  const year = numberAt(text, 0, 4);
  const month = numberAt(text, 5, 2);
  const day = numberAt(text, 8, 2);
  const hour = numberAt(text, 11, 2);
  const minute = numberAt(text, 14, 2);
  const second = numberAt(text, 17, 2);
  const milliseconds = length === fractionAt + 1 ? 0 : millisecondsIn(text);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null;
  if (milliseconds < 0) return null;
  const inDayMs = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return daysSinceEpoch(year, month, day) * dayMs + inDayMs;
}

function isPunctuated(text: string): boolean {
  const separator = text[10];
  if (separator !== "T" && separator !== "t") return false;
  return text[4] === "-" && text[7] === "-" && text[13] === ":" && text[16] === ":";
}

/** −1 where they are not all digits. By character codes: each request has times, and an expression takes several times as long. */
function numberAt(text: string, at: number, digits: number): number {
  let number = 0;
  for (let i = at; i < at + digits; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Of the fraction, whose further digits do not count; −1 for none. */
function millisecondsIn(text: string): number {
  const end = text.length - 1;
  const digits = end - fractionAt - 1;
  if (text[fractionAt] !== "." || digits < 1 || numberAt(text, fractionAt + 1, digits) < 0) return -1;
  if (digits === 1) return numberAt(text, fractionAt + 1, 1) * 100;
  return digits === 2 ? numberAt(text, fractionAt + 1, 2) * 10 : numberAt(text, fractionAt + 1, 3);
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days of the proleptic Gregorian calendar; years are counted from March, so that the leap day is the last one. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const marchMonth = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}

const unitMs: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", dayMs],
]);

/** Milliseconds of a duration: a whole number and s, m, h or d; null for anything else, one over 2^53 ms included. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,16})([smhd])$/.exec(text);
  const unit = unitMs.get(match?.[2] ?? "");
  if (match === null || unit === undefined) return null;
  const durationMs = Number(match[1]) * unit;
  return Number.isSafeInteger(durationMs) ? durationMs : null;
}
