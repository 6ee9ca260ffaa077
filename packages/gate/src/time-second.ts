/** Numbers of 32 bits need no object of their own. Together they reach from 1970 to 2106. */
const half = 2 ** 31;

/** Before the second of any time: of no rule. */
export const noSecond = -half;
/** Of a time that nobody knows, and of all before 1970. */
export const firstSecond = noSecond + 1;
const lastSecond = half - 1;

/**
 * The second of a time, to compare times by: of two with different seconds the lower second is the earlier time, and two
 * with one second must be compared themselves.
 */
export function secondOf(timeMs: number): number {
  const second = Math.floor(timeMs / 1000) - half;
  // Written so that no number counts as the earliest. `|` says that it has 32 bits.
  if (!(second > firstSecond)) return firstSecond;
  return second < lastSecond ? second | 0 : lastSecond;
}
