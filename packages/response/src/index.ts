export { decide } from "./decide.ts";
export { evolve } from "./evolve.ts";
export { unfinished } from "./unfinished.ts";
export { contradiction, type Contradictable } from "./contradiction.ts";
export { questionText } from "./decide-findings.ts";
export { claimsOf, stopReason } from "./decide-notice.ts";
export { factSheetOf } from "./fact-sheet-of.ts";
export { lastWaveOpensMs } from "./wave.ts";
export { ResponseError, type RefusalCode } from "./errors.ts";
export type { DecisionContext, IncidentCommand } from "./command.ts";
export {
  incidentEventTypes,
  type BundlePutInForce,
  type CommandMark,
  type Deliveries,
  type NoticeManifest,
  type IncidentEvent,
  type IncidentEventData,
  type IncidentEventType,
} from "./event.ts";
export {
  notNeededKinds,
  type ClaimFacts,
  type DecisionFacts,
  type FactSheet,
  type MeasureFacts,
  type NotNeeded,
  type Sender,
} from "./fact-sheet.ts";
export {
  measuresInForce,
  plansInForce,
  standingClaims,
  type AcceptedAssumption,
  type AnswerState,
  type ClaimState,
  type Incident,
  type NoticePhase,
  type NoticeState,
  type PlanPhase,
  type PlanState,
  type Step,
} from "./incident.ts";
export {
  answersOf,
  type Cohort,
  type DirectoryConditions,
  type Measure,
  type Rollout,
  type Where,
} from "./measure.ts";
export { falloutOf, type Fallout } from "./fallout.ts";
export { commandRoles, roles, rolesOf, systemOperator, type Role } from "./role.ts";
export { closedAtMs, keptUntilMs, reasonsToKeep } from "./retention/reasons-to-keep.ts";
export { retentionLimits, shredApprovalsNeeded } from "./retention/decide-retention.ts";
export type { Retention } from "./retention/retention-state.ts";
export { lifecycleLimits } from "./lifecycle/decide-lifecycle.ts";
export type { LifecycleCommand } from "./lifecycle/lifecycle-command.ts";
export type { Attachment, Note, StageMove, Task } from "./lifecycle/lifecycle-state.ts";
export { timelineOf, type TimelineEntry } from "./lifecycle/timeline.ts";
export { severities, stageMoves, stages, type Severity, type Stage } from "./lifecycle/stage.ts";
export { actDigest } from "./approval/act-digest.ts";
export type { ApprovalCommand } from "./approval/approval-command.ts";
export { countApprovals, type ApprovalCount } from "./approval/approval-count.ts";
export {
  acts,
  approvalsNeeded,
  defaultApprovalRules,
  type Act,
  type ApprovalRules,
} from "./approval/approval-rules.ts";
export type {
  Approval,
  ApprovalSignature,
  AskedApproval,
  BreakGlass,
  Extension,
} from "./approval/approval-state.ts";
export { canarySuffix, checkTerms, runWavesMax, stagesOf, type PlanTerms } from "./run/plan-terms.ts";
export type { RunCommand } from "./run/run-command.ts";
export { isUnderWay, runPhases, type RunPhase, type RunState, type WaveClock } from "./run/run-state.ts";
export { openWaves, wavesOf } from "./run/open-waves.ts";
export { measuresNow } from "./run/measures-now.ts";
export { pauseReason, type RateLimit, type RateSample } from "./run/watch.ts";
export type { RiskCommand } from "./risk/risk-command.ts";
export { riskFaults, standingRiskDecisions, type RiskDecision } from "./risk/risk-decision.ts";
export type { AllClearCriteria, AllClearObservations } from "./all-clear/criteria.ts";
export { judgeAllClear, type AllClearFinding, type AllClearJudgement } from "./all-clear/judge-all-clear.ts";
export {
  hourOfWeek,
  hoursOfWeek,
  peopleOf,
  profileFor,
  type ActivityGroup,
  type ActivityProfile,
} from "./planning/activity-profile.ts";
export { differenceOf, type MeasureDifference } from "./planning/difference.ts";
export { expectedLoad, type ExpectedLoad, type LoadHour, type Opening } from "./planning/expected-load.ts";
export { planWaves, type WaveBudget, type WavePlan } from "./planning/plan-waves.ts";
export {
  previewOf,
  type MeasureCounts,
  type MeasurePreview,
  type Preview,
  type PreviewHour,
  type PreviewRequest,
} from "./planning/preview.ts";
export { sessionHoursLeft } from "./planning/session-hours.ts";
export { article33Draft, type Article33Draft, type DraftField } from "./duties/article-33-draft.ts";
export { dueTime, type DueTime } from "./duties/due-time.ts";
export { dutiesOf, type Duty, type DutyStatus } from "./duties/duties-of.ts";
export { holdingClaims } from "./duties/breach-facts-of.ts";
export type { DutyCommand } from "./duties/duty-command.ts";
export {
  dueSoonMs,
  dutiesOfIncident,
  dutyIncidentOf,
  isDueSoon,
  type DutyBook,
} from "./duties/incident-duties.ts";
export { standingStart, type DutySettlement } from "./duties/duty-state.ts";
export { noAdvice } from "./duties/no-advice.ts";
export { parseDutyIncident, type BreachFacts, type DutyIncident } from "./duties/duty-incident.ts";
export { parseHolidayCalendars, type HolidayCalendar } from "./duties/holiday-calendar.ts";
export { cordonHolidays, cordonRules } from "./duties/rule-packs.ts";
export {
  parseRulePack,
  ruleStates,
  startEvents,
  type DutyClock,
  type DutyRule,
  type RulePack,
  type RuleState,
  type StartEvent,
} from "./duties/rule.ts";
export {
  agreementsNeeded,
  decideLimits,
  defaultLimits,
  evolveLimits,
  type ApprovalLimits,
  type LimitsCommand,
  type LimitsEvent,
  type LimitsState,
} from "./approval/approval-limits.ts";
