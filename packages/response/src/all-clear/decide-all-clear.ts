import type { DecisionContext } from "../command.ts";
import { ResponseError } from "../errors.ts";
import type { Done, IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import { unfinished } from "../unfinished.ts";
import type { AllClearCriteria, AllClearObservations } from "./criteria.ts";
import { judgeAllClear } from "./judge-all-clear.ts";

interface SetAllClearCriteria {
  readonly kind: "set-all-clear-criteria";
  readonly criteria: AllClearCriteria;
}

interface GiveAllClear {
  readonly kind: "give-all-clear";
  /** What was seen; needed once the incident has criteria. */
  readonly observations?: AllClearObservations;
}

export type AllClearCommand = SetAllClearCriteria | GiveAllClear;

export interface AllClearEventData {
  readonly "all-clear-criteria-set": Done & { readonly criteria: AllClearCriteria };
}

export function setAllClearCriteria(
  { criteria }: SetAllClearCriteria,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  const { metShareAtLeast, quietForMs, pointsBehindMax, limits } = criteria;
  const faults: string[] = [];
  if (!(metShareAtLeast >= 0 && metShareAtLeast <= 1))
    faults.push(`the share is ${metShareAtLeast}, expected 0 to 1`);
  if (!(quietForMs >= 0)) faults.push(`the quiet lasts ${quietForMs} ms, expected 0 or more`);
  if (!(pointsBehindMax >= 0)) faults.push(`${pointsBehindMax} points may be behind, expected 0 or more`);
  for (const { rate, atMost, silenceMs } of limits) {
    if (!Number.isFinite(atMost) || !(silenceMs > 0))
      faults.push(`the limit of \`${rate}\` is no limit, expected numbers`);
  }
  const [first, ...others] = faults;
  if (first !== undefined) throw new ResponseError("ERR_TERMS", [first, ...others]);
  return [{ type: "all-clear-criteria-set", data: { by, criteria } }];
}

export function giveAllClear(
  incident: Incident,
  command: GiveAllClear,
  context: DecisionContext,
): IncidentEvent[] {
  const { operator: by, nowMs } = context;
  if (incident.stage !== "recovering")
    throw new ResponseError("ERR_STAGE", [
      `the incident is ${incident.stage}, the all clear needs one that is recovering`,
    ]);
  if (incident.allClearCriteria?.set.by === by) {
    throw new ResponseError("ERR_OWN_APPROVAL", [
      `\`${by}\` set what the all clear needs, so somebody else must give it`,
    ]);
  }
  const [first, ...others] = reasonsAgainst(incident, command, nowMs);
  if (first !== undefined) throw new ResponseError("ERR_UNFINISHED", [first, ...others]);
  return [{ type: "all-clear-given", data: { by } }];
}

function reasonsAgainst(incident: Incident, command: GiveAllClear, nowMs: number): string[] {
  const criteria = incident.allClearCriteria?.criteria;
  if (criteria === undefined) return unfinished(incident, nowMs);
  const nothing = { measures: [], lastSuspectAtMs: null, pointsBehind: null, samples: [] };
  const { findings } = judgeAllClear(incident, criteria, command.observations ?? nothing, nowMs);
  return findings.filter((one) => !one.holds).map((one) => one.because);
}
