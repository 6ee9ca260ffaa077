import { formatInstant, parseDuration } from "@cordon/model";
import type { PlanState } from "../incident.ts";
import type { Cohort, Measure, Rollout } from "../measure.ts";
import { wavesOpenAfter } from "./open-waves.ts";
import { canarySuffix, isExposure, stagesOf, type PlanTerms } from "./plan-terms.ts";
import type { RunState, WaveClock } from "./run-state.ts";

/**
 * While waves stand still each of them takes so long: the next would open in five years, and the first of `runWavesMax`
 * has its beginning a thousand years ago, which an instant still can say.
 */
const frozenWaveDays = 1825;
const dayMs = 86_400_000;

/**
 * What the next bundle holds of a plan: its measures, for whom the run has come to. It is a function of the recorded run
 * alone; that waves open with time stands in the rollouts. Empty before the run was started and after it was lifted.
 *
 * Canary: the measure for the canary alone. Running: the measure with its waves, and beside it `ID-canary`, so that who
 * met it once never falls back behind a closed wave. Paused: the same waves stand still. The exempt come in when the run is
 * completed. A measure because of exposure is for all of its cohort at once.
 */
export function measuresNow(plan: PlanState): readonly Measure[] {
  const { run, terms, measures } = plan;
  if (run === null || terms === null) return measures;
  if (run.started === null || plan.phase === "lifted") return [];
  if (run.completed !== null) return measures.map(withoutRollout);
  const stages = stagesOf(measures, terms);
  return measures.flatMap((measure) => {
    const stage = stages.findIndex((ids) => ids.includes(measure.id));
    return stage > run.stage ? [] : measureNow(measure, terms, run, stage);
  });
}

function measureNow(measure: Measure, terms: PlanTerms, run: RunState, stage: number): Measure[] {
  if (isExposure(measure)) return [measure];
  const theirs = { ...measure, ...cohortOf(butExempt(measure.cohort, terms.exempt)) };
  if (stage < run.stage) return [withoutRollout(theirs)];
  const canary = withoutRollout({ ...measure, ...cohortOf(canaryOf(measure.cohort, terms)) });
  const { clock } = run;
  if (clock === null) return [canary];
  if (!("rollout" in theirs)) return [theirs];
  return [
    { ...theirs, rollout: rolloutNow(measure, theirs.rollout, clock, run.pace) },
    { ...canary, id: `${measure.id}${canarySuffix}` },
  ];
}

/** A rollout as the clock has it: the same waves, begun so that as many are open as the run has opened. */
function rolloutNow(measure: Measure, rollout: Rollout, clock: WaveClock, pace: number): Rollout {
  const { waves } = rollout;
  if (clock.fromMs !== null) {
    const overS = ((parseDuration(rollout.over) ?? 0) * pace) / 1000;
    return { from: formatInstant(clock.fromMs), over: `${overS}s`, waves };
  }
  const open = wavesOpenAfter(measure, clock.elapsedMs, pace);
  const frozenAtMs = clock.frozenAtMs ?? 0;
  return {
    from: formatInstant(frozenAtMs - (open - 1) * frozenWaveDays * dayMs),
    over: `${waves * frozenWaveDays}d`,
    waves,
  };
}

function withoutRollout(measure: Measure): Measure {
  const whole = { ...measure };
  Reflect.deleteProperty(whole, "rollout");
  return whole;
}

function cohortOf(cohort: Cohort | undefined): { readonly cohort?: Cohort } {
  return cohort === undefined ? {} : { cohort };
}

function butExempt(cohort: Cohort | undefined, exempt: Cohort | null): Cohort | undefined {
  return exempt === null ? cohort : { minus: [cohort ?? { everyone: true }, exempt] };
}

function canaryOf(cohort: Cohort | undefined, { canary, exempt }: PlanTerms): Cohort | undefined {
  const first: Cohort =
    cohort === undefined || "everyone" in cohort ? canary.cohort : { intersect: [cohort, canary.cohort] };
  return butExempt(first, exempt);
}
