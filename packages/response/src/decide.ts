import { giveAllClear, setAllClearCriteria } from "./all-clear/decide-all-clear.ts";
import { askApproval, declineApproval, giveApproval } from "./approval/decide-approval.ts";
import { breakGlass, reviewBreakGlass } from "./approval/decide-break-glass.ts";
import type { DecisionContext, IncidentCommand } from "./command.ts";
import { acceptAssumption, makeClaim, recordAnswer, recordDecision } from "./decide-findings.ts";
import { approveNotice, completeNotice, draftNotice, stopNotice } from "./decide-notice.ts";
import { draftPlan, editPlan } from "./decide-plan.ts";
import { decideDuty } from "./duties/decide-duty.ts";
import { ResponseError } from "./errors.ts";
import type { IncidentEvent } from "./event.ts";
import type { Incident } from "./incident.ts";
import { decideLifecycle } from "./lifecycle/decide-lifecycle.ts";
import { signNoIncreasedRisk, stateNoIncreasedRisk } from "./risk/decide-risk.ts";
import { decideRetention } from "./retention/decide-retention.ts";
import { requireRole, systemOperator } from "./role.ts";
import { decideRun } from "./run/decide-run.ts";

/** Commands that an incident still takes after the all clear: measures can always be taken back, sending ends itself. */
const afterAllClear: ReadonlySet<IncidentCommand["kind"]> = new Set([
  "ask-approval",
  "give-approval",
  "decline-approval",
  "review-break-glass",
  "pause-run",
  "stop-notice",
  "complete-notice",
  "grant-role",
  "revoke-role",
  "add-note",
  "attach-file",
  "reopen-incident",
  // What is kept, and for how long, is decided when it is over.
  "set-retention",
  "set-legal-hold",
  "lift-legal-hold",
  "ask-shred",
  "approve-shred",
  "decline-shred",
  "complete-shred",
  // Legal deadlines outlive the incident.
  "set-duty-markets",
  "record-duty-event",
  "mark-duty-done",
  "waive-duty",
  "reopen-duty",
  "extend-duty",
  "toll-duty",
  "note-duty",
]);

/** The events that a command makes, at least one. Throws ResponseError, with every reason, when the incident does not allow it. */
export function decide(
  incident: Incident | null,
  command: IncidentCommand,
  context: DecisionContext,
): readonly IncidentEvent[] {
  requireRole(incident, command.kind, context);
  if (command.kind === "open-incident") {
    if (incident !== null)
      throw new ResponseError("ERR_INCIDENT_EXISTS", [`incident \`${command.incidentId}\` is open already`]);
    const { incidentId, title } = command;
    return [{ type: "incident-opened", data: { incidentId, title, by: context.operator } }];
  }
  if (incident === null) throw new ResponseError("ERR_INCIDENT_UNKNOWN", ["there is no such incident"]);
  // INVARIANT: nothing that names people comes to rest where it can no longer be let go.
  if (incident.retention.shredded !== null && context.operator !== systemOperator) {
    throw new ResponseError(
      "ERR_INCIDENT_SHREDDED",
      [`the personal data of \`${incident.incidentId}\` has been let go`],
      "open a new incident",
    );
  }
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
    case "edit-plan":
      return editPlan(incident, command, context);
    case "draft-notice":
      return draftNotice(incident, command, context);
    case "approve-notice":
      return approveNotice(incident, command.noticeId, context);
    case "stop-notice":
      return stopNotice(incident, command, context);
    case "complete-notice":
      return completeNotice(incident, command, context);
    case "give-all-clear":
      return giveAllClear(incident, command, context);
    case "set-all-clear-criteria":
      return setAllClearCriteria(command, context);
    case "ask-approval":
      return askApproval(incident, command, context);
    case "give-approval":
      return giveApproval(incident, command, context);
    case "decline-approval":
      return declineApproval(incident, command, context);
    case "break-glass":
      return breakGlass(incident, command, context);
    case "review-break-glass":
      return reviewBreakGlass(incident, command, context);
    case "start-run":
    case "promote-run":
    case "advance-run":
    case "pause-run":
    case "resume-run":
    case "complete-run":
      return decideRun(incident, command, context);
    case "state-no-increased-risk":
      return stateNoIncreasedRisk(incident, command, context);
    case "sign-no-increased-risk":
      return signNoIncreasedRisk(incident, command, context);
    case "move-incident":
    case "reopen-incident":
    case "set-severity":
    case "grant-role":
    case "revoke-role":
    case "add-note":
    case "add-task":
    case "finish-task":
    case "attach-file":
      return decideLifecycle(incident, command, context);
    case "set-duty-markets":
    case "record-duty-event":
    case "mark-duty-done":
    case "waive-duty":
    case "reopen-duty":
    case "extend-duty":
    case "toll-duty":
    case "note-duty":
      return decideDuty(incident, command, context);
    case "set-retention":
    case "set-legal-hold":
    case "lift-legal-hold":
    case "ask-shred":
    case "approve-shred":
    case "decline-shred":
    case "complete-shred":
      return decideRetention(incident, command, context);
  }
}
