const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Digits of a fraction of a second, floored to `digits` places: `"5"` with 3 is 500. */
function fraction(text: string | undefined, digits: number): number {
  return Number((text ?? "").slice(0, digits).padEnd(digits, "0"));
}

function parts(text: string): { wholeMs: number; fractionDigits: string | undefined } | null {
  const match = rfc3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fractionDigits, zone] = match;
  const local = new Date(0);
  // Date.UTC would take the years 0–99 for 1900–1999; zero times of other languages lie there.
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  local.setUTCHours(Number(hour), Number(minute), Number(second));
  const localMs = local.getTime();
  // 31 February would roll over: a written date must come back as it stands.
  const same =
    local.getUTCFullYear() === Number(year) &&
    local.getUTCMonth() === Number(month) - 1 &&
    local.getUTCDate() === Number(day) &&
    local.getUTCHours() === Number(hour) &&
    local.getUTCMinutes() === Number(minute) &&
    local.getUTCSeconds() === Number(second);
  if (!same) return null;
  if (zone === "Z" || zone === "z" || zone === undefined) return { wholeMs: localMs, fractionDigits };
  const zoneHours = Number(zone.slice(1, 3));
  const zoneMinutes = Number(zone.slice(4, 6));
  if (zoneHours > 23 || zoneMinutes > 59) return null;
  const offsetMs = (zoneHours * 60 + zoneMinutes) * 60_000;
  return { wholeMs: zone.startsWith("-") ? localMs + offsetMs : localMs - offsetMs, fractionDigits };
}

/**
 * Milliseconds since the epoch of an RFC 3339 time with `Z` (what Cordon's own formats take), floored to the
 * millisecond; null for anything else, a leap second and a time without zone included.
 */
export function parseInstant(text: string): number | null {
  if (!text.endsWith("Z")) return null;
  const parsed = parts(text);
  return parsed === null ? null : parsed.wholeMs + fraction(parsed.fractionDigits, 3);
}

/**
 * Microseconds since the epoch of an RFC 3339 time with `Z` or an offset (what logs write), floored to the microsecond;
 * null for anything else. A time without zone names no instant, so it is null too.
 */
export function parseLogTimeUs(text: string): number | null {
  const parsed = parts(text);
  return parsed === null ? null : parsed.wholeMs * 1000 + fraction(parsed.fractionDigits, 6);
}

/** `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString();
}

const durationUnitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration: a whole number and s, m, h or d; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (match === null) return null;
  const unit = match[2];
  if (unit !== "s" && unit !== "m" && unit !== "h" && unit !== "d") return null;
  return Number(match[1]) * durationUnitsMs[unit];
}
