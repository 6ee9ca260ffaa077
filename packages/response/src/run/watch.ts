import { formatInstant } from "@cordon/model";

/** A watched rate and the most it may be. The rate's unit is whatever its samples are in. */
export interface RateLimit {
  readonly rate: string;
  readonly atMost: number;
  /** A rate without a sample for so long is taken to be over its limit: nobody can tell. */
  readonly silenceMs: number;
}

export interface RateSample {
  readonly rate: string;
  readonly value: number;
  readonly atMs: number;
}

/**
 * Why a run must not go on: the first limit that its newest sample passes, or a rate that nobody has measured lately.
 * Null when every rate is within its limit. Samples from the future count as measured now.
 */
export function pauseReason(
  limits: readonly RateLimit[],
  samples: readonly RateSample[],
  nowMs: number,
): string | null {
  for (const { rate, atMost, silenceMs } of limits) {
    const newest = newestOf(samples, rate);
    if (newest === null) return `nobody has measured \`${rate}\``;
    if (nowMs - newest.atMs > silenceMs)
      return `\`${rate}\` was last measured at ${formatInstant(newest.atMs)}, more than ${silenceMs} ms ago`;
    // Written so that NaN is over every limit.
    if (!(newest.value <= atMost)) return `\`${rate}\` is ${newest.value}, over its limit of ${atMost}`;
  }
  return null;
}

/** Of two samples of one instant the higher counts. */
function newestOf(samples: readonly RateSample[], rate: string): RateSample | null {
  let newest: RateSample | null = null;
  for (const sample of samples) {
    if (sample.rate !== rate) continue;
    const isNewer =
      newest === null ||
      sample.atMs > newest.atMs ||
      (sample.atMs === newest.atMs && !(sample.value <= newest.value));
    if (isNewer) newest = sample;
  }
  return newest;
}
