import type { DecisionContext, IncidentCommand } from "./command.ts";
import { ResponseError } from "./errors.ts";
import type { Incident } from "./incident.ts";

/**
 * What somebody may do in an incident. No role includes another: who only keeps the operators (`administrator`) can neither
 * draft nor approve, and several roles of one person never make two people.
 */
export const roles = ["viewer", "investigator", "responder", "approver", "administrator"] as const;
export type Role = (typeof roles)[number];

/** The operator under whose name Cordon's own workers command. */
export const systemOperator = "cordon";

type CommandKind = IncidentCommand["kind"];

/** Which of the roles, any of them, a command needs. */
export const commandRoles: { readonly [Kind in CommandKind]: readonly Role[] } = {
  "open-incident": ["investigator", "responder"],
  "record-answer": ["investigator"],
  "accept-assumption": ["investigator", "approver"],
  "make-claim": ["investigator"],
  "record-decision": ["approver"],
  "draft-plan": ["responder"],
  "edit-plan": ["responder"],
  "ask-approval": ["responder"],
  "give-approval": ["approver"],
  "decline-approval": ["approver"],
  "break-glass": ["responder", "approver"],
  "review-break-glass": ["approver"],
  "start-run": ["responder"],
  "promote-run": ["responder"],
  "advance-run": ["responder"],
  // Stopping is cheap and undone by one command, so whoever sees the harm may do it.
  "pause-run": ["investigator", "responder", "approver"],
  "resume-run": ["responder"],
  "complete-run": ["responder"],
  "draft-notice": ["responder"],
  "approve-notice": ["approver"],
  "stop-notice": ["responder", "approver"],
  "complete-notice": [],
  "state-no-increased-risk": ["investigator", "responder"],
  "sign-no-increased-risk": ["approver"],
  "set-all-clear-criteria": ["responder"],
  "give-all-clear": ["approver"],
  "move-incident": ["investigator", "responder"],
  "reopen-incident": ["investigator", "responder"],
  "set-severity": ["investigator", "responder"],
  "grant-role": ["administrator"],
  "revoke-role": ["administrator"],
  "add-note": ["investigator", "responder", "approver"],
  "add-task": ["investigator", "responder", "approver"],
  "finish-task": ["investigator", "responder", "approver"],
  "attach-file": ["investigator", "responder"],
  "set-retention": ["approver"],
  // Keeping is cheap and undone by one command of somebody else.
  "set-legal-hold": ["investigator", "responder", "approver"],
  "lift-legal-hold": ["approver"],
  "ask-shred": ["responder", "approver"],
  "approve-shred": ["approver"],
  "decline-shred": ["approver"],
  "complete-shred": [],
  "set-duty-markets": ["investigator", "responder", "approver"],
  "record-duty-event": ["investigator", "responder", "approver"],
  "mark-duty-done": ["responder", "approver"],
  // That a law does not apply, or gives more time, is for who answers for it.
  "waive-duty": ["approver"],
  "reopen-duty": ["investigator", "responder", "approver"],
  "extend-duty": ["approver"],
  "toll-duty": ["approver"],
  "note-duty": [],
};

/** What workers do on their own; everything else needs a person. */
const systemMay: ReadonlySet<CommandKind> = new Set([
  "record-answer",
  "stop-notice",
  "complete-notice",
  "pause-run",
  "complete-run",
  "note-duty",
  "complete-shred",
]);

/** The roles of a person now: those that the operators' directory gives, and those granted in the incident. */
export function rolesOf(incident: Incident | null, person: string, context: DecisionContext): Set<Role> {
  return new Set([...(context.roles.get(person) ?? []), ...(incident?.people.get(person) ?? [])]);
}

/** Throws ERR_ROLE unless the one who commands has a role that the command needs, or is a worker at its own work. */
export function requireRole(incident: Incident | null, kind: CommandKind, context: DecisionContext): void {
  if (context.operator === systemOperator && systemMay.has(kind)) return;
  const has = rolesOf(incident, context.operator, context);
  const needed = commandRoles[kind];
  // INVARIANT: the workers' name carries no role, whatever a directory says of it.
  const may = (role: Role): boolean => has.has(role) && (context.scope?.includes(role) ?? true);
  if (context.operator !== systemOperator && needed.some(may)) return;
  const who = needed.length === 0 ? "only a worker" : `only ${needed.join(" or ")}`;
  throw new ResponseError("ERR_ROLE", [`\`${context.operator}\` may not ${kind}: ${who} may`]);
}
