import { parseDuration, parseInstant } from "@cordon/model";
import type { Extension } from "../approval/approval-state.ts";
import { ResponseError } from "../errors.ts";
import type { PlanState } from "../incident.ts";
import { isUnderWay } from "./run-state.ts";

/** The slowest a run may go. */
const paceMax = 100;
/** The longest over which a slowed rollout may open, in s: what a duration can say. */
const overSecondsMax = 999_999_999;

/** An extension that only prolongs: later, slower or both. Throws ERR_TERMS, ERR_RUN_STATE. */
export function askExtension(plan: PlanState, extension: Extension, nowMs: number): Extension {
  const { run, planId } = plan;
  if (run === null || !isUnderWay(run) || plan.phase === "lift-proposed" || plan.phase === "lift-approved") {
    throw new ResponseError("ERR_RUN_STATE", [
      `plan \`${planId}\` has no run under way that could be extended`,
    ]);
  }
  const { pace, until } = extension;
  const paceNow = run.pace;
  if (!Number.isSafeInteger(pace) || pace < paceNow || pace > paceMax) {
    throw new ResponseError("ERR_TERMS", [`the pace is ${pace}, expected ${paceNow} to ${paceMax}`]);
  }
  const isTooLong = plan.measures.some(
    (measure) =>
      "rollout" in measure && ((parseDuration(measure.rollout.over) ?? 0) / 1000) * pace > overSecondsMax,
  );
  if (isTooLong) throw new ResponseError("ERR_TERMS", [`at the pace ${pace} the waves take too long`]);
  const untilMs = until === null ? null : parseInstant(until);
  if (until !== null && (untilMs === null || untilMs <= nowMs))
    throw new ResponseError("ERR_TERMS", [`the run would end at \`${until}\`, expected a time to come`]);
  const endsMs = run.until === null ? null : parseInstant(run.until);
  if (untilMs !== null && endsMs !== null && untilMs < endsMs) {
    throw new ResponseError("ERR_TERMS", [
      `the run ends at \`${run.until ?? ""}\`, an extension can't end it earlier`,
    ]);
  }
  // With a share alone to reach, a time would be a second way to end, and an earlier one.
  if (untilMs !== null && endsMs === null && (plan.terms?.end.metShareAtLeast ?? null) !== null)
    throw new ResponseError("ERR_TERMS", [
      "the run ends by its share alone, a time could only end it earlier",
    ]);
  if (pace === paceNow && until === null)
    throw new ResponseError("ERR_TERMS", ["the extension extends nothing"]);
  return { pace, until };
}
