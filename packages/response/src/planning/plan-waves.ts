import { ResponseError } from "../errors.ts";
import type { Rollout } from "../measure.ts";
import { runWavesMax } from "../run/plan-terms.ts";
import { checkProfile, hourOfWeek, hoursOfWeek, type ActivityProfile } from "./activity-profile.ts";
import { peakLoad } from "./expected-load.ts";

const hourMs = 3_600_000;
const weekMs = hoursOfWeek * hourMs;
/** Waves closer together than this are one to whoever watches the rates. */
const waveMinMs = 15 * 60_000;
/** Spans that are tried: each hour of the first two days, then each sixth. */
const closeHoursMax = 48;
const sparseStepHours = 6;

export interface WaveBudget {
  /** The habits of the people concerned; `profileFor` scales those of all. */
  readonly profile: ActivityProfile;
  readonly signInsPerSecondMax: number;
  /** Sign-ins that are there anyway, by hour of the week; null: none. */
  readonly basePerSecond: readonly number[] | null;
  /** When the waves begin; null: it must fit whichever full hour of the week they begin at. */
  readonly fromMs: number | null;
  /** The longest that the waves may take, in hours. */
  readonly overHoursMax: number;
  /** Sessions that may be in an intruder's hands never wait. */
  readonly because: "exposure" | "precaution";
}

export type WavePlan =
  | {
      readonly fits: true;
      /** Null: everybody at once stays within the budget. */
      readonly rollout: Rollout | null;
      readonly perSecondPeak: number;
    }
  | {
      readonly fits: false;
      readonly because: string;
      /** The least peak among the spans that were tried. */
      readonly perSecondPeak: number;
    };

/**
 * The shortest span whose expected peak stays within the budget, with as many waves as it has room for. Throws ERR_PROFILE
 * for a profile or a budget that is none.
 */
export function planWaves(budget: WaveBudget): WavePlan {
  checkBudget(budget);
  const { signInsPerSecondMax: max, because, overHoursMax } = budget;
  const atOnce = worstPeak(budget, 0, 1, Infinity);
  if (because === "exposure") {
    if (atOnce <= max) return { fits: true, rollout: null, perSecondPeak: atOnce };
    return {
      fits: false,
      because: "sessions that may be in an intruder's hands never wait for waves",
      perSecondPeak: atOnce,
    };
  }
  if (atOnce <= max) return { fits: true, rollout: null, perSecondPeak: atOnce };
  let least = atOnce;
  for (let hours = 1; hours <= overHoursMax; hours += hours < closeHoursMax ? 1 : sparseStepHours) {
    const waves = Math.min(runWavesMax, Math.floor((hours * hourMs) / waveMinMs));
    // Beyond the least so far a span is no better, and beyond the budget it doesn't fit.
    const peak = worstPeak(budget, hours * hourMs, waves, Math.max(max, least));
    if (peak <= max) return { fits: true, rollout: { over: `${hours}h`, waves }, perSecondPeak: peak };
    least = Math.min(least, peak);
  }
  const reason = `over ${overHoursMax} h the busiest hour is still expected to have ${least.toFixed(1)} sign-ins a second`;
  return { fits: false, because: reason, perSecondPeak: least };
}

function worstPeak(budget: WaveBudget, overMs: number, waves: number, stopAbove: number): number {
  const { profile, basePerSecond, fromMs } = budget;
  // Once all waves are open, a week shows every hour's rate.
  const peakFrom = (beginMs: number): number =>
    peakLoad(
      profile,
      { fromMs: beginMs, overMs, waves },
      beginMs + overMs + weekMs,
      basePerSecond,
      stopAbove,
    );
  if (fromMs !== null) return peakFrom(fromMs);
  let worst = 0;
  // The busiest hour first: what doesn't fit mostly shows there at once.
  for (const hour of hoursByActivity(profile)) {
    const peak = peakFrom(hour * hourMs);
    if (peak > worst) worst = peak;
    if (worst > stopAbove) return worst;
  }
  return worst;
}

/** Hours since the epoch of the first week, the busiest hour of the week first. */
function hoursByActivity({ groups }: ActivityProfile): number[] {
  const busy = (hour: number): number =>
    groups.reduce((sum, group) => sum + (group.backByHour[hourOfWeek(hour * hourMs)] ?? 0), 0);
  return Array.from({ length: hoursOfWeek }, (_, hour) => hour).sort((a, b) => busy(b) - busy(a));
}

function checkBudget({ profile, signInsPerSecondMax, basePerSecond, overHoursMax }: WaveBudget): void {
  checkProfile(profile);
  if (!(signInsPerSecondMax > 0))
    throw new ResponseError("ERR_PROFILE", [
      `the budget is ${signInsPerSecondMax} sign-ins a second, expected more than 0`,
    ]);
  if (!Number.isSafeInteger(overHoursMax) || overHoursMax < 1 || overHoursMax > 8760)
    throw new ResponseError("ERR_PROFILE", [`the waves may take ${overHoursMax} h, expected 1 to 8760`]);
  if (basePerSecond === null) return;
  if (basePerSecond.length !== hoursOfWeek || basePerSecond.some((rate) => !(rate >= 0)))
    throw new ResponseError("ERR_PROFILE", [
      `what is there anyway has ${basePerSecond.length} hours, expected ${hoursOfWeek} rates`,
    ]);
}
