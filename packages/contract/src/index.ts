export { AccountExplanation, ExplainAccount } from "./account-explanation.ts";
export { Answer, AnswerSummary, AskQuestion, AccountBounds, DataClasses } from "./answer.ts";
export { AcceptAssumption, AcceptedAssumption } from "./assumption.ts";
export { Claim, MakeClaim } from "./claim.ts";
export { Cohort } from "./cohort.ts";
export {
  AuthorityForm,
  DutySummary,
  ExtendDuty,
  IncidentDuties,
  MarkDutyDone,
  RecordDutyEvent,
  SetDutyMarkets,
  TollDuty,
  WaiveDuty,
  type Duty,
} from "./duty.ts";
export { Decision, RecordDecision } from "./decision.ts";
export { Incident, IncidentList, OpenIncident } from "./incident.ts";
export { Measure } from "./measure.ts";
export { Contact, DraftNotice, Notice, NoticeCounts } from "./notice.ts";
export { NoticePreviews } from "./notice-preview.ts";
export { ApiToken, ApiTokenList, CreatedToken, CreateToken, tokenDaysMax } from "./api-token.ts";
export {
  Invitation,
  InviteOperator,
  Operator,
  OperatorList,
  OperatorName,
  operatorRoles,
  OperatorRoles,
  roles,
  SetOperatorRoles,
  Signed,
  type OperatorRole,
  type Role,
} from "./operator.ts";
export { DraftPlan, Plan, planStates } from "./plan.ts";
export { problem, Problem, problemTypes, type ProblemName } from "./problem.ts";
export { Progress, ReportProgress, RuleMet } from "./progress.ts";
export { AgreeApprovalLimits, ApprovalLimits, SetApprovalLimits } from "./approval-limits.ts";
export { PlanRelease, Release } from "./release.ts";
export { BundleInForce, Health, Readiness, Status } from "./status.ts";
export type { Endpoint } from "./endpoint.ts";
export {
  bodyBytesMax,
  endpoints,
  idempotencyKeyPattern,
  pageEntriesMax,
  type OperationId,
} from "./endpoints.ts";
export { AllClearCriteria, AllClearJudgement } from "./all-clear.ts";
export {
  AskApproval,
  AskedApproval,
  BreakGlass,
  BreakTheGlass,
  DeclineApproval,
  GiveApproval,
  ReviewBreakGlass,
} from "./approval.ts";
export { Fallout } from "./fallout.ts";
export {
  AddNote,
  AddTask,
  Attachment,
  attachmentBytesMax,
  ChangeRole,
  FinishTask,
  MoveIncident,
  Note,
  SetSeverity,
  StageMove,
  Task,
} from "./lifecycle.ts";
export { MetCount, PlanProgress } from "./plan-progress.ts";
export { Prepared, PreparedBundle, SignPrepared } from "./prepared.ts";
export { ActivityProfile, PlanWaves, Preview, PreviewPlan, WaveProposal } from "./preview.ts";
export { RiskDecision, SignNoIncreasedRisk, StateNoIncreasedRisk } from "./risk.ts";
export { Because, Run } from "./run.ts";
export { ReportSamples, Samples } from "./sample.ts";
export { PlanTerms, RateLimit } from "./terms.ts";
export { Timeline } from "./timeline.ts";
export { Deliveries, Delivery, Halted, NotSentList, Retried, RetryUnknown } from "./delivery.ts";
export { openApiDocument } from "./openapi.ts";
export { parseDraftPlan, type PlanFault } from "./plan-fault.ts";
export { ApproveShred, DeclineShred, DueData, Retention, SetRetention } from "./retention.ts";
