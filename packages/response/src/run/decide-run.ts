import { formatInstant, parseInstant } from "@cordon/model";
import { countApprovals } from "../approval/approval-count.ts";
import { glassOf } from "../approval/decide-break-glass.ts";
import type { DecisionContext } from "../command.ts";
import { planOf } from "../decide-plan.ts";
import { ResponseError } from "../errors.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident, PlanState } from "../incident.ts";
import { requireText } from "../wording.ts";
import { measuresAhead } from "./open-waves.ts";
import { stagesOf, type PlanTerms } from "./plan-terms.ts";
import type { RunCommand } from "./run-command.ts";
import type { RunPhase, RunState } from "./run-state.ts";
import { pauseReason } from "./watch.ts";

interface Staged {
  readonly plan: PlanState;
  readonly run: RunState;
  readonly terms: PlanTerms;
}

export function decideRun(
  incident: Incident,
  command: RunCommand,
  context: DecisionContext,
): IncidentEvent[] {
  const staged = stagedPlan(planOf(incident, command.planId));
  const { planId } = command;
  const data = { by: context.operator, planId };
  switch (command.kind) {
    case "start-run":
      requirePhase(staged, ["approved"]);
      requireApprovals(incident, staged.plan, context);
      return [{ type: "run-started", data }];
    case "promote-run":
      requirePhase(staged, ["canary"]);
      requireCanary(staged, context.nowMs);
      requireRates(staged, command.samples, context.nowMs);
      return [{ type: "run-promoted", data }];
    case "advance-run":
      requirePhase(staged, ["running"]);
      requireAllOpen(staged, context.nowMs);
      if (staged.run.stage + 1 >= stagesOf(staged.plan.measures, staged.terms).length)
        throw new ResponseError("ERR_RUN_STATE", [`plan \`${planId}\` is in its last stage`]);
      return [{ type: "run-advanced", data }];
    case "pause-run": {
      requirePhase(staged, ["canary", "running"]);
      return [{ type: "run-paused", data: { ...data, because: requireText("the reason", command.because) } }];
    }
    case "resume-run": {
      requirePhase(staged, ["paused"]);
      requireRates(staged, command.samples, context.nowMs);
      return [
        { type: "run-resumed", data: { ...data, because: requireText("the reason", command.because) } },
      ];
    }
    case "complete-run": {
      requirePhase(staged, ["running"]);
      const because = endReason(staged, command.metShare, context.nowMs);
      return [{ type: "run-completed", data: { ...data, because } }];
    }
  }
}

function stagedPlan(plan: PlanState): Staged {
  const { run, terms, phase, planId } = plan;
  if (run === null || terms === null)
    throw new ResponseError("ERR_RUN_STATE", [`plan \`${planId}\` has no terms to be run by`]);
  if (phase === "lift-approved" || phase === "lifted")
    throw new ResponseError("ERR_RUN_STATE", [`plan \`${planId}\` is ${phase}`]);
  return { plan, run, terms };
}

function requirePhase({ plan, run }: Staged, phases: readonly RunPhase[]): void {
  if (phases.includes(run.phase)) return;
  throw new ResponseError("ERR_RUN_STATE", [
    `the run of plan \`${plan.planId}\` is ${run.phase}, not ${phases.join(" or ")}`,
  ]);
}

/** INVARIANT: nothing comes into force on approvals that were voided, have expired or are of people who may no longer give them. */
function requireApprovals(incident: Incident, plan: PlanState, context: DecisionContext): void {
  const { asked, planId } = plan;
  if (asked?.act !== "plan")
    throw new ResponseError("ERR_APPROVALS_MISSING", [`nobody was asked to approve plan \`${planId}\``]);
  if (asked.declined !== null) {
    const { by, because } = asked.declined;
    throw new ResponseError("ERR_DECLINED", [`\`${by}\` declined plan \`${planId}\`: ${because}`]);
  }
  if (glassOf(incident, asked.digest) !== null) return;
  const { needed, people, isEnough } = countApprovals(incident, asked, context);
  if (isEnough) return;
  throw new ResponseError("ERR_APPROVALS_MISSING", [
    `plan \`${planId}\` has ${people.length} approvals that count, expected ${needed}`,
  ]);
}

/** INVARIANT: no wave opens before the canary has met the measure for as long as the terms say. */
function requireCanary({ plan, run, terms }: Staged, nowMs: number): void {
  const sinceMs = run.canaryInForceMs;
  if (sinceMs === null)
    throw new ResponseError("ERR_RUN_TOO_EARLY", [
      `the canary of plan \`${plan.planId}\` is not yet in force`,
    ]);
  const readyMs = sinceMs + terms.canary.forMs;
  if (nowMs < readyMs)
    throw new ResponseError("ERR_RUN_TOO_EARLY", [`the canary lasts until ${formatInstant(readyMs)}`]);
}

function requireRates({ terms }: Staged, samples: Parameters<typeof pauseReason>[1], nowMs: number): void {
  const because = pauseReason(terms.limits, samples, nowMs);
  if (because !== null) throw new ResponseError("ERR_RATE_OVER_LIMIT", [because]);
}

function requireAllOpen({ plan, run }: Staged, nowMs: number): void {
  const [first, ...others] = measuresAhead(plan, run, nowMs).map(
    (measure) => `\`${measure.id}\` has waves still to open`,
  );
  if (first !== undefined) throw new ResponseError("ERR_RUN_TOO_EARLY", [first, ...others]);
}

/** Why a run has ended. Throws ERR_RUN_TOO_EARLY with what is still ahead. */
function endReason(staged: Staged, metShare: number | null, nowMs: number): string {
  const { plan, run, terms } = staged;
  if (run.stage + 1 < stagesOf(plan.measures, terms).length)
    throw new ResponseError("ERR_RUN_TOO_EARLY", [`plan \`${plan.planId}\` has stages still to come`]);
  requireAllOpen(staged, nowMs);
  const atLeast = terms.end.metShareAtLeast;
  const untilMs = run.until === null ? null : parseInstant(run.until);
  if (atLeast === null && untilMs === null) return "all waves are open";
  if (atLeast !== null && metShare !== null && metShare >= atLeast)
    return `a share of ${metShare} has met it, at least ${atLeast} was wanted`;
  if (untilMs !== null && nowMs >= untilMs) return `its time ended at ${formatInstant(untilMs)}`;
  const met = metShare === null ? "an unknown share" : `a share of ${metShare}`;
  throw new ResponseError("ERR_RUN_TOO_EARLY", [
    [
      ...(atLeast === null ? [] : [`${met} has met it, expected ${atLeast}`]),
      ...(untilMs === null ? [] : [`its time ends at ${formatInstant(untilMs)}`]),
    ].join(" and "),
  ]);
}
