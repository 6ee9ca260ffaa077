import { hourOfWeek, type ActivityProfile } from "./activity-profile.ts";

const hourMs = 3_600_000;
/** Somebody who surely comes within the hour is taken to come at this rate an hour: all but 2·10⁻⁹ then do. */
const ratePerHourMax = 20;

/** When people are asked to act: wave k of `waves` from fromMs + k · overMs / waves. One wave: all at once. */
export interface Opening {
  readonly fromMs: number;
  readonly overMs: number;
  readonly waves: number;
}

export interface LoadHour {
  /** The beginning of the hour, in ms. */
  readonly fromMs: number;
  /** Expected people who act in it. */
  readonly expected: number;
  /** The highest expected rate within it, what is there anyway included. */
  readonly perSecondPeak: number;
}

export interface ExpectedLoad {
  readonly hours: readonly LoadHour[];
  readonly perSecondPeak: number;
  readonly peakAtMs: number;
  /** People who are expected not to have come by the end. */
  readonly remaining: number;
}

/**
 * The expected load while people who come back act once, each as soon as their wave is open. Each group's share of every
 * wave comes at the hour's rate −ln(1 − back/people); within an hour the rate only falls, but for waves that open, so the peaks
 * found at those instants are the peaks. `basePerSecond`: load that is there anyway by hour of the week, 168 numbers.
 */
export function expectedLoad(
  profile: ActivityProfile,
  opening: Opening,
  untilMs: number,
  basePerSecond: readonly number[] | null = null,
): ExpectedLoad {
  const load = new LoadSum(basePerSecond);
  walk(profile, opening, untilMs, load, Infinity);
  return load.result();
}

/** The peak alone; a value over `stopAbove` may be less than the peak. */
export function peakLoad(
  profile: ActivityProfile,
  opening: Opening,
  untilMs: number,
  basePerSecond: readonly number[] | null,
  stopAbove: number,
): number {
  const load = new LoadSum(basePerSecond);
  walk(profile, opening, untilMs, load, stopAbove);
  return load.perSecondPeak;
}

class LoadSum {
  perSecondPeak = 0;
  peakAtMs = 0;
  remaining = 0;
  readonly #base: readonly number[] | null;
  readonly #hours: { fromMs: number; expected: number; perSecondPeak: number }[] = [];

  constructor(basePerSecond: readonly number[] | null) {
    this.#base = basePerSecond;
  }

  rate(atMs: number, perSecond: number): void {
    const all = perSecond + (this.#base?.[hourOfWeek(atMs)] ?? 0);
    const hour = this.#hourOf(atMs);
    if (all > hour.perSecondPeak) hour.perSecondPeak = all;
    if (all <= this.perSecondPeak) return;
    this.perSecondPeak = all;
    this.peakAtMs = atMs;
  }

  come(atMs: number, expected: number): void {
    this.#hourOf(atMs).expected += expected;
  }

  result(): ExpectedLoad {
    const { perSecondPeak, peakAtMs, remaining } = this;
    return { hours: this.#hours, perSecondPeak, peakAtMs, remaining };
  }

  #hourOf(atMs: number): { fromMs: number; expected: number; perSecondPeak: number } {
    const fromMs = Math.floor(atMs / hourMs) * hourMs;
    const last = this.#hours.at(-1);
    if (last?.fromMs === fromMs) return last;
    const hour = { fromMs, expected: 0, perSecondPeak: 0 };
    this.#hours.push(hour);
    return hour;
  }
}

function walk(
  profile: ActivityProfile,
  opening: Opening,
  untilMs: number,
  load: LoadSum,
  stopAbove: number,
): void {
  const { fromMs, overMs, waves } = opening;
  const stepMs = overMs / waves;
  // People of each group whose wave is open and who have not come yet.
  const waiting = profile.groups.map(() => 0);
  let opened = 0;
  let atMs = fromMs;
  while (atMs < untilMs) {
    let burstPerSecond = 0;
    while (opened < waves && fromMs + opened * stepMs <= atMs) {
      burstPerSecond = open(profile, waiting, waves, stepMs, atMs, load);
      opened += 1;
    }
    const hourEndMs = (Math.floor(atMs / hourMs) + 1) * hourMs;
    const waveMs = opened < waves ? fromMs + opened * stepMs : Infinity;
    const nextMs = Math.min(hourEndMs, waveMs, untilMs);
    const hour = hourOfWeek(atMs);
    let perSecond = burstPerSecond;
    let expected = 0;
    profile.groups.forEach((group, i) => {
      const perHour = ratePerHour(group.people, group.backByHour[hour] ?? 0);
      const there = waiting[i] ?? 0;
      perSecond += (there * perHour) / 3600;
      const left = there * Math.exp((-perHour * (nextMs - atMs)) / hourMs);
      expected += there - left;
      waiting[i] = left;
    });
    load.rate(atMs, perSecond);
    load.come(atMs, expected);
    if (load.perSecondPeak > stopAbove) return;
    atMs = nextMs;
  }
  const unopened = peopleIn(profile) * ((waves - opened) / waves);
  load.remaining = waiting.reduce((sum, there) => sum + there, unopened);
}

/** Opens a wave. Returns the rate of those who are active then; overlapping waves are counted as if all had this one's. */
function open(
  profile: ActivityProfile,
  waiting: number[],
  waves: number,
  stepMs: number,
  atMs: number,
  load: LoadSum,
): number {
  const { atOnce } = profile;
  const hour = hourOfWeek(atMs);
  let active = 0;
  profile.groups.forEach((group, i) => {
    const share = group.people / waves;
    const now =
      atOnce === null || group.people === 0
        ? 0
        : share * atOnce.share * ((group.backByHour[hour] ?? 0) / group.people);
    active += now;
    waiting[i] = (waiting[i] ?? 0) + share - now;
  });
  if (atOnce === null) return 0;
  load.come(atMs, active);
  const overlapping = waves === 1 ? 1 : Math.ceil((atOnce.withinSeconds * 1000) / stepMs);
  return (active / atOnce.withinSeconds) * Math.min(waves, Math.max(1, overlapping));
}

function peopleIn(profile: ActivityProfile): number {
  return profile.groups.reduce((sum, group) => sum + group.people, 0);
}

function ratePerHour(people: number, back: number): number {
  if (people === 0) return 0;
  return Math.min(ratePerHourMax, -Math.log1p(-Math.min(1, back / people)));
}
