import { formatInstant } from "@cordon/model";
import { plansInForce, type Incident } from "../incident.ts";
import { pauseReason } from "../run/watch.ts";
import { unfinished } from "../unfinished.ts";
import type { AllClearCriteria, AllClearObservations } from "./criteria.ts";

/** One criterion, whether it holds, and the figures that say so. */
export interface AllClearFinding {
  readonly criterion: "finished" | "met" | "quiet" | "points" | "rates";
  readonly holds: boolean;
  readonly because: string;
}

export interface AllClearJudgement {
  readonly isClear: boolean;
  readonly findings: readonly AllClearFinding[];
}

/** Judges the all clear by its criteria: clear exactly when every finding holds. What nobody has observed does not hold. */
export function judgeAllClear(
  incident: Incident,
  criteria: AllClearCriteria,
  seen: AllClearObservations,
  nowMs: number,
): AllClearJudgement {
  const findings = [
    ...finished(incident, nowMs),
    ...met(incident, criteria, seen),
    quiet(criteria, seen, nowMs),
    points(criteria, seen),
    rates(criteria, seen, nowMs),
  ];
  return { isClear: findings.every((one) => one.holds), findings };
}

function finished(incident: Incident, nowMs: number): AllClearFinding[] {
  const ahead = unfinished(incident, nowMs);
  if (ahead.length === 0) return [{ criterion: "finished", holds: true, because: "nothing is left to do" }];
  return ahead.map((because) => ({ criterion: "finished", holds: false, because }));
}

function met(incident: Incident, criteria: AllClearCriteria, seen: AllClearObservations): AllClearFinding[] {
  const atLeast = criteria.metShareAtLeast;
  return plansInForce(incident).flatMap((plan) =>
    plan.measures.map(({ id }): AllClearFinding => {
      const counted = seen.measures.find((one) => one.measureId === id);
      if (counted === undefined)
        return { criterion: "met", holds: false, because: `nobody has counted who has met \`${id}\`` };
      const { people, met: those } = counted;
      // Written so that a count that is no number holds nothing.
      const holds = those <= people && those >= atLeast * people;
      return { criterion: "met", holds, because: `${those} of ${people} have met \`${id}\`` };
    }),
  );
}

function quiet({ quietForMs }: AllClearCriteria, seen: AllClearObservations, nowMs: number): AllClearFinding {
  const last = seen.lastSuspectAtMs;
  if (last === null)
    return { criterion: "quiet", holds: false, because: "nobody can say when the suspects were last seen" };
  return {
    criterion: "quiet",
    holds: nowMs - last >= quietForMs,
    because: `the suspects were last seen at ${formatInstant(last)}`,
  };
}

function points(
  { pointsBehindMax }: AllClearCriteria,
  { pointsBehind }: AllClearObservations,
): AllClearFinding {
  if (pointsBehind === null)
    return {
      criterion: "points",
      holds: false,
      because: "nobody can say which bundles enforcement points hold",
    };
  return {
    criterion: "points",
    holds: pointsBehind <= pointsBehindMax,
    because: `${pointsBehind} enforcement points hold an older bundle`,
  };
}

function rates(criteria: AllClearCriteria, seen: AllClearObservations, nowMs: number): AllClearFinding {
  const because = pauseReason(criteria.limits, seen.samples, nowMs);
  return {
    criterion: "rates",
    holds: because === null,
    because: because ?? "all watched rates are within their limits",
  };
}
