export { Answer, AnswerSummary, AskQuestion, AccountBounds, DataClasses } from "./answer.ts";
export { AcceptAssumption, AcceptedAssumption } from "./assumption.ts";
export { Claim, MakeClaim } from "./claim.ts";
export { Cohort } from "./cohort.ts";
export { Decision, RecordDecision } from "./decision.ts";
export { Incident, IncidentList, OpenIncident } from "./incident.ts";
export { Measure } from "./measure.ts";
export { Contact, DraftNotice, Notice, NoticeCounts } from "./notice.ts";
export { roles, Signed, type Role } from "./operator.ts";
export { DraftPlan, Plan, planStates } from "./plan.ts";
export { problem, Problem, problemTypes, type ProblemName } from "./problem.ts";
export { Progress, ReportProgress } from "./progress.ts";
export { PlanRelease, Release } from "./release.ts";
export { BundleInForce, Health, Status } from "./status.ts";
export {
  bodyBytesMax,
  endpoints,
  idempotencyKeyPattern,
  type Endpoint,
  type OperationId,
} from "./endpoints.ts";
export { openApiDocument } from "./openapi.ts";
