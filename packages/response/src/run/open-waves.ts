import { parseDuration } from "@cordon/model";
import type { PlanState } from "../incident.ts";
import type { Measure } from "../measure.ts";
import { isExposure, stagesOf } from "./plan-terms.ts";
import { elapsedOf, type RunState } from "./run-state.ts";

/**
 * How many waves of a measure's rollout are open after `elapsedMs` at `pace` (contracts 4: wave k of n opens at k·over/n),
 * counted in whole numbers. 1 of 1 for a measure without a rollout.
 */
export function wavesOpenAfter(measure: Measure, elapsedMs: number, pace: number): number {
  const rollout = "rollout" in measure ? measure.rollout : undefined;
  const overMs = rollout === undefined ? null : parseDuration(rollout.over);
  if (rollout === undefined || overMs === null) return 1;
  const k = (BigInt(elapsedMs) * BigInt(rollout.waves)) / (BigInt(overMs) * BigInt(pace));
  return Math.min(rollout.waves, Number(k) + 1);
}

/** How many waves there are. */
export function wavesOf(measure: Measure): number {
  return "rollout" in measure ? measure.rollout.waves : 1;
}

/** Waves of a plan's measure that are open at `nowMs`; 0 before its stage's canary is past. Exposure waits for nothing. */
export function openWaves(plan: PlanState, measure: Measure, nowMs: number): number {
  const { run, terms } = plan;
  if (run === null || terms === null || run.started === null) return 0;
  const stage = stagesOf(plan.measures, terms).findIndex((ids) => ids.includes(measure.id));
  if (run.completed !== null || stage < run.stage) return wavesOf(measure);
  if (stage > run.stage) return 0;
  if (isExposure(measure)) return 1;
  return run.clock === null ? 0 : wavesOpenAfter(measure, elapsedOf(run.clock, nowMs), run.pace);
}

/** Measures of the run's stage that have waves still to open. */
export function measuresAhead(plan: PlanState, run: RunState, nowMs: number): readonly Measure[] {
  if (plan.terms === null) return [];
  const ids = stagesOf(plan.measures, plan.terms)[run.stage] ?? [];
  return plan.measures.filter(
    (measure) => ids.includes(measure.id) && openWaves(plan, measure, nowMs) < wavesOf(measure),
  );
}
