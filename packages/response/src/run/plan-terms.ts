import { parseDuration, parseInstant } from "@cordon/model";
import { ResponseError } from "../errors.ts";
import type { Cohort, Measure } from "../measure.ts";
import type { RateLimit } from "./watch.ts";

/** How a plan is run: what goes first, what stops it, when it has ended. A plan without terms is put in force whole. */
export interface PlanTerms {
  /** Who meets each stage first, and for how long at least before anybody else does. */
  readonly canary: { readonly cohort: Cohort; readonly forMs: number };
  /** Ids of measures that go together, in their order; the next stage waits for all waves of the one before. Null: all at once. */
  readonly stages: readonly (readonly string[])[] | null;
  /** Operators and break-glass accounts: they come last, so that nobody signs out who would have to help. */
  readonly exempt: Cohort | null;
  /** Rates that pause the run when they pass their limit. */
  readonly limits: readonly RateLimit[];
  /** The run has ended when so many have met the measures, or at this instant; with neither, when all waves are open. */
  readonly end: { readonly metShareAtLeast: number | null; readonly at: string | null };
  /** How old the directory may be at approval; null: as the approval rules say. */
  readonly directoryAgeMaxMs: number | null;
  /** So long a change may take to reach every enforcement point; waves that open meanwhile stay open. */
  readonly publishTakesMs: number;
}

/** The most waves of a rollout in a run: paused, each of them stands for years (measures-now.ts). */
export const runWavesMax = 200;
/** The most limits that one run is watched by. */
const limitsMax = 50;
/** Ends the ids of the rules by which a canary keeps what it has met while later waves are closed. */
export const canarySuffix = "-canary";

/** True for a measure whose sessions may be in an intruder's hands: it waits neither for waves nor for a canary. */
export function isExposure(measure: Measure): boolean {
  return "because" in measure && measure.because === "exposure";
}

/** The ids of each stage's measures. */
export function stagesOf(measures: readonly Measure[], terms: PlanTerms): readonly (readonly string[])[] {
  return terms.stages ?? [measures.map((measure) => measure.id)];
}

/** Throws ERR_TERMS with everything that is wrong with the terms for these measures. */
export function checkTerms(measures: readonly Measure[], terms: PlanTerms, nowMs: number): void {
  const [first, ...others] = [
    ...stageFaults(measures, terms),
    ...measures.flatMap(rolloutFaults),
    ...measures.flatMap((measure) => cutoffFaults(measure, nowMs)),
    ...termFaults(terms),
  ];
  if (first !== undefined) throw new ResponseError("ERR_TERMS", [first, ...others]);
}

function stageFaults(measures: readonly Measure[], terms: PlanTerms): string[] {
  const ids = measures.map((measure) => measure.id);
  const listed = stagesOf(measures, terms);
  const flat = listed.flat();
  const faults: string[] = [];
  if (measures.length === 0) faults.push("the plan has no measure");
  if (listed.some((stage) => stage.length === 0)) faults.push("a stage has no measure");
  for (const id of ids) {
    const times = flat.filter((one) => one === id).length;
    if (times !== 1) faults.push(`\`${id}\` is in ${times} stages, expected 1`);
    if (ids.includes(`${id}${canarySuffix}`))
      faults.push(`\`${id}${canarySuffix}\` names the canary of \`${id}\``);
  }
  for (const id of flat) if (!ids.includes(id)) faults.push(`a stage names \`${id}\`, which is no measure`);
  for (const measure of measures) {
    // Waiting for another measure is waiting too.
    if (isExposure(measure) && listed[0]?.includes(measure.id) !== true)
      faults.push(`\`${measure.id}\` is because of exposure, so it must be in the first stage`);
  }
  return faults;
}

/** Contracts 4: a listed cohort, as every canary is, has no cutoff later than its directory. */
function cutoffFaults(measure: Measure, nowMs: number): string[] {
  const cutoff = "cutoff" in measure ? measure.cutoff : undefined;
  if (cutoff === undefined || isExposure(measure)) return [];
  const cutoffMs = parseInstant(cutoff);
  if (cutoffMs !== null && cutoffMs <= nowMs) return [];
  return [`\`${measure.id}\` has the cutoff \`${cutoff}\`, expected none or an instant that is past`];
}

function rolloutFaults(measure: Measure): string[] {
  if (!("rollout" in measure)) return [];
  const { from, over, waves } = measure.rollout;
  const faults: string[] = [];
  if (from !== undefined) faults.push(`\`${measure.id}\` says when its waves begin, which the run decides`);
  if (parseDuration(over) === null || parseDuration(over) === 0)
    faults.push(`\`${measure.id}\` opens its waves over \`${over}\`, expected a duration`);
  if (!Number.isSafeInteger(waves) || waves < 1 || waves > runWavesMax)
    faults.push(`\`${measure.id}\` has ${waves} waves, expected 1 to ${runWavesMax}`);
  return faults;
}

function termFaults({ canary, limits, end, directoryAgeMaxMs, publishTakesMs }: PlanTerms): string[] {
  const faults: string[] = [];
  if ("everyone" in canary.cohort) faults.push("the canary is everybody, expected some who go first");
  if (!isWhole(canary.forMs, 1)) faults.push(`the canary lasts ${canary.forMs} ms, expected at least 1`);
  if (!isWhole(publishTakesMs, 0)) faults.push(`publishing takes ${publishTakesMs} ms, expected 0 or more`);
  if (directoryAgeMaxMs !== null && !isWhole(directoryAgeMaxMs, 0))
    faults.push(`the directory may be ${directoryAgeMaxMs} ms old, expected 0 or more`);
  const { metShareAtLeast: share, at } = end;
  if (share !== null && !(share >= 0 && share <= 1))
    faults.push(`the run ends when a share of ${share} has met it, expected 0 to 1`);
  if (at !== null && parseInstant(at) === null)
    faults.push(`the run ends at \`${at}\`, expected an RFC 3339 time with \`Z\``);
  if (limits.length > limitsMax) faults.push(`${limits.length} limits, expected at most ${limitsMax}`);
  for (const { rate, atMost, silenceMs } of limits) {
    if (rate.trim() === "") faults.push("a limit names no rate");
    if (!Number.isFinite(atMost)) faults.push(`the limit of \`${rate}\` is ${atMost}, expected a number`);
    if (!isWhole(silenceMs, 1))
      faults.push(`\`${rate}\` may be silent for ${silenceMs} ms, expected at least 1`);
  }
  return faults;
}

function isWhole(value: number, min: number): boolean {
  return Number.isSafeInteger(value) && value >= min;
}
