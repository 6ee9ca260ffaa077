import { isUnderWay, pauseReason, ResponseError, type Incident, type PlanState } from "@cordon/response";
import { worker } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { metShareOf } from "../queries/plan-progress.ts";
import { runCommand } from "../run-command.ts";

/** How often rates and waves of a run are looked at. */
const lookEveryMs = 1000;

interface UnderWay {
  readonly incident: Incident;
  readonly plan: PlanState;
}

function runsUnderWay(plane: Plane): UnderWay[] {
  return plane.record
    .incidents()
    .flatMap((incident) => incident.plans.map((plan) => ({ incident, plan })))
    .filter(({ plan }) => plan.run !== null && isUnderWay(plan.run) && plan.phase !== "lift-approved");
}

/**
 * Pauses every run whose watched rate passes its limit, and completes those that have ended. Resolves to when to look again, in ms;
 * null when no run is under way.
 */
export async function watchRuns(plane: Plane): Promise<number | null> {
  await plane.record.catchUp();
  const under = runsUnderWay(plane);
  if (under.length === 0) return null;
  const samples = await plane.samples.all();
  for (const { incident, plan } of under) {
    const { incidentId } = incident;
    const { planId, terms, run } = plan;
    if (terms === null || run === null || run.phase === "paused") continue;
    const because = pauseReason(terms.limits, samples, plane.clock());
    if (because !== null) {
      await unlessRefused(
        runCommand(plane, {
          caller: worker,
          operation: "pauseRun",
          request: null,
          incidentId,
          command: () => ({ kind: "pause-run", planId, because }),
        }),
      );
    } else if (run.phase === "running" && !run.needsBundle) {
      // Whether it has ended is decided where everything is: most looks are too early.
      await unlessRefused(
        runCommand(plane, {
          caller: worker,
          operation: "completeRun",
          request: null,
          incidentId,
          command: async () => ({
            kind: "complete-run",
            planId,
            metShare: await metShareOf(plane, incidentId, planId),
          }),
        }),
      );
    }
  }
  return lookEveryMs;
}

/** Somebody may have paused or lifted it meanwhile, and most runs have not ended yet. */
async function unlessRefused(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
  }
}
