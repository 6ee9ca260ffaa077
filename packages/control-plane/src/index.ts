export { buildBundle, type BuiltBundle, type BuiltCohort, type BundleRequest } from "./build-bundle.ts";
export { buildOrdinalBundle, type OrdinalBundleRequest } from "./build-ordinal-bundle.ts";
export type { DirectoryBatch, PackedBatch } from "./build/id-block.ts";
export type { ReadyMembers } from "./exact-cohorts.ts";
export {
  generateBundleKeyPair,
  readBundlePrivateKey,
  readBundlePublicKey,
  sha256,
  signBundle,
  verifyEd25519,
  type BundleKeyPair,
} from "./bundle-keys.ts";
export { openControlPlane, type ControlPlane, type ControlPlaneOptions } from "./control-plane.ts";
export type { Caller, Operators } from "./caller.ts";
export { BundleFolder, type ServedBundle } from "./bundle-folder.ts";
export { explainAccount } from "./explain/explain-account.ts";
export type { DirectoryOrigin } from "./directory-feed.ts";
export { ControlPlaneError, type ControlPlaneErrorCode } from "./errors.ts";
export type {
  ChannelsOrigin,
  MailOrigin,
  MailProvider,
  PushOrigin,
  ReturnsOrigin,
  WebhookReceiver,
} from "./notices/channel-origins.ts";
export { returnWays, takeReturns, type ReturnWay } from "./commands/take-returns.ts";
export type { Plane } from "./plane.ts";
export { secretFile } from "./secret-file.ts";
export { acceptAssumption } from "./commands/accept-assumption.ts";
export { approveNotice } from "./commands/approve-notice.ts";
export { askQuestion } from "./commands/ask-question.ts";
export { draftNotice } from "./commands/draft-notice.ts";
export { draftPlan } from "./commands/draft-plan.ts";
export { giveAllClear } from "./commands/give-all-clear.ts";
export { makeClaim } from "./commands/make-claim.ts";
export { openIncident } from "./commands/open-incident.ts";
export { recordDecision } from "./commands/record-decision.ts";
export { reportProgress } from "./commands/report-progress.ts";
export { listIncidents, readIncident } from "./queries/read-incident.ts";
export { locales, parsePace, type Pace } from "@cordon/notices";
export { haltNotices } from "./commands/halt-notices.ts";
export { resumeNotice } from "./commands/resume-notice.ts";
export { retryUnknown } from "./commands/retry-unknown.ts";
export { listNotSent } from "./queries/list-not-sent.ts";
export { readDeliveries } from "./queries/read-deliveries.ts";
export { startPreviewBrowser, writePreviews } from "@cordon/notices";
export { previewNotice } from "./queries/preview-notice.ts";
export { readNotice } from "./queries/read-notice.ts";
export { readPlan } from "./queries/read-plan.ts";
export { readStatus } from "./queries/read-status.ts";
export { parseTrafficRequest, type TrafficRequest } from "./traffic/traffic-request.ts";
export {
  TrafficRun,
  type MarketBatch,
  type TrafficResult,
  type TrafficRunOptions,
} from "./traffic/traffic-run.ts";
export type { Comparison, Change } from "./traffic/compare-simulations.ts";
export type { Share, SimulationReport } from "./traffic/simulation-report.ts";
export type { Counted } from "./traffic/tally.ts";
export type { Told, ToldDirective } from "./traffic/told.ts";
export type { ReleasePlan, ReleaseState } from "./release/release.ts";
export { signDocument, signedStamp, stampOf } from "./release/freshness-stamps.ts";
export { planRelease } from "./commands/plan-release.ts";
export { promoteRelease } from "./commands/promote-release.ts";
export { setApprovalLimits } from "./commands/set-approval-limits.ts";
export { agreeApprovalLimits } from "./commands/agree-approval-limits.ts";
export { readApprovalLimits } from "./queries/read-approval-limits.ts";
export { readRelease } from "./queries/read-release.ts";
export { addNote } from "./commands/add-note.ts";
export { addTask } from "./commands/add-task.ts";
export { advanceRun } from "./commands/advance-run.ts";
export { askApproval } from "./commands/ask-approval.ts";
export { breakGlass } from "./commands/break-glass.ts";
export { completeRun } from "./commands/complete-run.ts";
export { declineApproval } from "./commands/decline-approval.ts";
export { editPlan } from "./commands/edit-plan.ts";
export { finishTask } from "./commands/finish-task.ts";
export { giveApproval } from "./commands/give-approval.ts";
export { grantRole } from "./commands/grant-role.ts";
export { moveIncident } from "./commands/move-incident.ts";
export { pauseRun } from "./commands/pause-run.ts";
export { promoteRun } from "./commands/promote-run.ts";
export { reopenIncident } from "./commands/reopen-incident.ts";
export { reportSamples } from "./commands/report-samples.ts";
export { resumeRun } from "./commands/resume-run.ts";
export { reviewBreakGlass } from "./commands/review-break-glass.ts";
export { revokeRole } from "./commands/revoke-role.ts";
export { setAllClearCriteria } from "./commands/set-all-clear-criteria.ts";
export { setSeverity } from "./commands/set-severity.ts";
export { signNoIncreasedRisk } from "./commands/sign-no-increased-risk.ts";
export { signPrepared } from "./commands/sign-prepared.ts";
export { startRun } from "./commands/start-run.ts";
export { stateNoIncreasedRisk } from "./commands/state-no-increased-risk.ts";
export { judgeAllClear } from "./queries/judge-all-clear.ts";
export { planProgress } from "./queries/plan-progress.ts";
export { readFallout } from "./queries/read-fallout.ts";
export { readPrepared, readPreparedBundle } from "./queries/read-prepared.ts";
export { readSamples } from "./queries/read-samples.ts";
export { noAdvice } from "@cordon/response";
export { countDuties } from "./queries/count-duties.ts";
export { readDuties } from "./queries/read-duties.ts";
export { draftAuthorityForm } from "./queries/draft-authority-form.ts";
export { extendDuty } from "./commands/extend-duty.ts";
export { markDutyDone } from "./commands/mark-duty-done.ts";
export { recordDutyEvent } from "./commands/record-duty-event.ts";
export { reopenDuty } from "./commands/reopen-duty.ts";
export { setDutyMarkets } from "./commands/set-duty-markets.ts";
export { tollDuty } from "./commands/toll-duty.ts";
export { waiveDuty } from "./commands/waive-duty.ts";
export { readTimeline } from "./queries/read-timeline.ts";
export type { PageRequest } from "./queries/page.ts";
export { planWaves } from "./queries/plan-waves.ts";
export { previewPlan } from "./queries/preview-plan.ts";
export type { VaultPlace } from "./vault/vault-place.ts";
export { setRetention } from "./commands/set-retention.ts";
export { setLegalHold } from "./commands/set-legal-hold.ts";
export { liftLegalHold } from "./commands/lift-legal-hold.ts";
export { askShred } from "./commands/ask-shred.ts";
export { approveShred } from "./commands/approve-shred.ts";
export { declineShred } from "./commands/decline-shred.ts";
export { listDueData } from "./queries/list-due-data.ts";
export { withVault } from "./vault/with-vault.ts";
export { exportFacts, type ExportFacts, type IncidentFacts } from "./vault/export-facts.ts";
export { attachFile } from "./commands/attach-file.ts";
export { readAttachment } from "./queries/read-attachment.ts";
export type { PrometheusOrigin } from "./watch/prometheus-rates.ts";
