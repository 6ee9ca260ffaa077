const rfc3339Utc = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?Z$/;
const dayMs = 86_400_000;

/**
 * Milliseconds since the epoch of an RFC 3339 time with `Z`, floored to the millisecond; null for anything else. Every
 * year from 0000 is a year (some services write `0001-01-01T00:00:00Z` for "never"); a leap second is none.
 */
export function parseInstant(text: string): number | null {
  const match = rfc3339Utc.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const milliseconds = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const inDayMs = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return daysSinceEpoch(year, month, day) * dayMs + inDayMs;
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
