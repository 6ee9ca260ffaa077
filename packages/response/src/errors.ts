import { CordonError } from "@cordon/model";

/** Why an incident does not allow a command. Each code is one rule; the message says it for the case at hand. */
export type RefusalCode =
  | "ERR_INCIDENT_CLOSED"
  | "ERR_INCIDENT_EXISTS"
  | "ERR_INCIDENT_UNKNOWN"
  | "ERR_ANSWER_UNKNOWN"
  | "ERR_ASSUMPTION_UNKNOWN"
  | "ERR_ASSUMPTION_ACCEPTED"
  | "ERR_ASSUMPTIONS_OPEN"
  | "ERR_CLAIM_EXISTS"
  | "ERR_CLAIM_OUTDATED"
  | "ERR_MEASURE_TAKEN"
  | "ERR_MEASURE_EXPOSURE_WAITS"
  | "ERR_PLAN_UNKNOWN"
  | "ERR_PLAN_STATE"
  | "ERR_OWN_APPROVAL"
  | "ERR_NOTICE_UNKNOWN"
  | "ERR_NOTICE_STATE"
  | "ERR_NOTICE_OUTDATED"
  | "ERR_NO_CLAIM"
  | "ERR_CLAIM_DOES_NOT_HOLD"
  | "ERR_UNFINISHED"
  | "ERR_ROLE"
  | "ERR_ROLE_STATE"
  | "ERR_STAGE"
  | "ERR_TEXT"
  | "ERR_LIMIT"
  | "ERR_EXISTS"
  | "ERR_TASK"
  | "ERR_ATTACHMENT"
  | "ERR_TERMS"
  | "ERR_NOT_ASKED"
  | "ERR_APPROVAL_STALE"
  | "ERR_APPROVAL_REPEATED"
  | "ERR_APPROVALS_MISSING"
  | "ERR_DECLINED"
  | "ERR_DIRECTORY_OLD"
  | "ERR_BREAK_GLASS"
  | "ERR_RUN_STATE"
  | "ERR_RUN_TOO_EARLY"
  | "ERR_RATE_OVER_LIMIT"
  | "ERR_RISK"
  | "ERR_DUTY"
  | "ERR_RETENTION"
  | "ERR_INCIDENT_SHREDDED"
  | "ERR_PROFILE";

/** A command that the incident does not allow now. `reasons` has one sentence for each thing in its way. */
export class ResponseError extends CordonError<RefusalCode> {
  readonly reasons: readonly string[];

  constructor(code: RefusalCode, reasons: readonly [string, ...string[]], hint?: string) {
    super(code, reasons.join("; "), hint === undefined ? {} : { hint });
    this.reasons = reasons;
  }
}
