import type { DecisionContext, IncidentCommand } from "./command.ts";
import { acceptAssumption, makeClaim, recordAnswer, recordDecision } from "./decide-findings.ts";
import { approveNotice, completeNotice, draftNotice, stopNotice } from "./decide-notice.ts";
import { approveLift, approvePlan, draftPlan, proposeLift } from "./decide-plan.ts";
import { ResponseError } from "./errors.ts";
import type { IncidentEvent } from "./event.ts";
import type { Incident } from "./incident.ts";
import { unfinished } from "./unfinished.ts";

/** Commands that an incident still takes after the all clear: measures can always be taken back, sending ends itself. */
const afterAllClear: ReadonlySet<IncidentCommand["kind"]> = new Set([
  "propose-lift",
  "approve-lift",
  "stop-notice",
  "complete-notice",
]);

/** The events that a command makes, at least one. Throws ResponseError, with every reason, when the incident does not allow it. */
export function decide(
  incident: Incident | null,
  command: IncidentCommand,
  context: DecisionContext,
): readonly IncidentEvent[] {
  if (command.kind === "open-incident") {
    if (incident !== null)
      throw new ResponseError("ERR_INCIDENT_EXISTS", [`incident \`${command.incidentId}\` is open already`]);
    const { incidentId, title } = command;
    return [{ type: "incident-opened", data: { incidentId, title, by: context.operator } }];
  }
  if (incident === null) throw new ResponseError("ERR_INCIDENT_UNKNOWN", ["there is no such incident"]);
  if (incident.allClear !== null && !afterAllClear.has(command.kind)) {
    throw new ResponseError(
      "ERR_INCIDENT_CLOSED",
      [`the all clear for \`${incident.incidentId}\` was given`],
      "open a new incident",
    );
  }
  switch (command.kind) {
    case "record-answer":
      return recordAnswer(incident, command, context);
    case "accept-assumption":
      return acceptAssumption(incident, command, context);
    case "make-claim":
      return makeClaim(incident, command, context);
    case "record-decision":
      return recordDecision(command, context);
    case "draft-plan":
      return draftPlan(incident, command, context);
    case "approve-plan":
      return approvePlan(incident, command.planId, context);
    case "propose-lift":
      return proposeLift(incident, command.planId, context);
    case "approve-lift":
      return approveLift(incident, command.planId, context);
    case "draft-notice":
      return draftNotice(incident, command, context);
    case "approve-notice":
      return approveNotice(incident, command.noticeId, context);
    case "stop-notice":
      return stopNotice(incident, command, context);
    case "complete-notice":
      return completeNotice(incident, command, context);
    case "give-all-clear":
      return giveAllClear(incident, context);
  }
}

function giveAllClear(incident: Incident, context: DecisionContext): readonly IncidentEvent[] {
  const [first, ...others] = unfinished(incident, context.nowMs);
  if (first !== undefined) throw new ResponseError("ERR_UNFINISHED", [first, ...others]);
  return [{ type: "all-clear-given", data: { by: context.operator } }];
}
