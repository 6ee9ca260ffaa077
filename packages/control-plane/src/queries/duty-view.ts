import type * as contract from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import {
  dutiesOfIncident,
  isDueSoon,
  standingStart,
  type Duty,
  type DutyRule,
  type DutySettlement,
  type Incident,
} from "@cordon/response";
import type { Plane } from "../plane.ts";
import { signedView } from "./signed-view.ts";

/** The duties of an incident with their countdown, as of now. */
export function dutiesView(plane: Plane, incident: Incident): contract.IncidentDuties {
  const nowMs = plane.clock();
  const { duties, marketsWithoutRules, unknownRules } = dutiesOfIncident(plane.duties, incident, nowMs);
  const log = incident.duties;
  return {
    notLegalAdvice: true,
    at: formatInstant(nowMs),
    rulesVersion: plane.duties.pack.version,
    markets: [...log.markets],
    marketsWithoutRules: [...marketsWithoutRules],
    unknownRules: [...unknownRules],
    starts: log.starts.map((start) => {
      const { event, at, name, because, before } = start;
      const stands = standingStart(log, event) === start;
      return { event, at, name, because, before, recorded: signedView(start), stands };
    }),
    duties: duties.map((duty) => dutyView(duty, log.settled.get(duty.rule.id) ?? null)),
  };
}

/** What the incident's view shows: nothing in it counts down. */
export function dutySummaries(plane: Plane, incident: Incident): contract.DutySummary[] {
  return dutiesOfIncident(plane.duties, incident, plane.clock()).duties.map((duty) => {
    const { rule, status, dueAt, waitsFor } = duty;
    const { id, market, law, to, state, source } = rule;
    const soon = isDueSoon(duty);
    return { rule: id, market, law, to, status, soon, dueAt, waitsFor, state, source: source.title };
  });
}

function dutyView(duty: Duty, settled: DutySettlement | null): contract.Duty {
  const { status, waitsFor, startedAt, dueAt, lastDay, leftMs, extended, tolledMs, holidaysKnown } = duty;
  return {
    rule: ruleView(duty.rule),
    status,
    soon: isDueSoon(duty),
    ...{ waitsFor, startedAt, dueAt, lastDay, leftMs, tolledMs, holidaysKnown },
    extended: extended === null ? null : { ...extended },
    skipped: duty.skipped.map((day) => ({ ...day })),
    settled: settled === null ? null : settledView(settled),
  };
}

function ruleView(rule: DutyRule): contract.Duty["rule"] {
  const { id, market, authority, to, law, applies, clock, timeZone, state, source, verifiedOn } = rule;
  return {
    ...{ id, market, authority, to, law, applies, timeZone, state, verifiedOn },
    clock: { ...clock },
    contents: [...rule.contents],
    source: { ...source },
    conflicts: rule.conflicts.map((one) => ({ ...one })),
  };
}

function settledView(settled: DutySettlement): contract.Duty["settled"] {
  const recorded = signedView(settled);
  if (settled.outcome === "not-applicable") {
    const { outcome, because, name } = settled;
    return { outcome, because, name, recorded };
  }
  const { outcome, at, reference, authority, name } = settled;
  return { outcome, at, reference, authority, name, recorded };
}
