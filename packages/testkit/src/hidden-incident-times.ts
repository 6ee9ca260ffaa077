export const secondUs = 1_000_000;
export const hourUs = 3600 * secondUs;
export const dayUs = 24 * hourUs;

/** An instant as a log writes it: RFC 3339 in UTC with as many digits as it needs. Exact within the years that JavaScript's dates know. */
export function iso(us: number): string {
  const text = new Date(Math.floor(us / 1000)).toISOString();
  const micros = ((us % 1000) + 1000) % 1000;
  return micros === 0 ? text : `${text.slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
}

/** The same instant on a clock that stands `hours` before UTC's. */
export function isoWithOffset(us: number, hours: number): string {
  return `${iso(us + hours * hourUs).slice(0, -1)}+${String(hours).padStart(2, "0")}:00`;
}
