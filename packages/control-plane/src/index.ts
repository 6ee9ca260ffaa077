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
export type { Caller } from "./caller.ts";
export type { ServedBundle } from "./bundle-folder.ts";
export type { DirectoryOrigin } from "./directory-feed.ts";
export { ControlPlaneError, type ControlPlaneErrorCode } from "./errors.ts";
export type { MailOrigin } from "./notices/notice-desk.ts";
export type { Plane } from "./plane.ts";
export { secretFile } from "./secret-file.ts";
export { acceptAssumption } from "./commands/accept-assumption.ts";
export { approveLift } from "./commands/approve-lift.ts";
export { approveNotice } from "./commands/approve-notice.ts";
export { approvePlan } from "./commands/approve-plan.ts";
export { askQuestion } from "./commands/ask-question.ts";
export { draftNotice } from "./commands/draft-notice.ts";
export { draftPlan } from "./commands/draft-plan.ts";
export { giveAllClear } from "./commands/give-all-clear.ts";
export { makeClaim } from "./commands/make-claim.ts";
export { openIncident } from "./commands/open-incident.ts";
export { proposeLift } from "./commands/propose-lift.ts";
export { recordDecision } from "./commands/record-decision.ts";
export { reportProgress } from "./commands/report-progress.ts";
export { listIncidents, readIncident } from "./queries/read-incident.ts";
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
export { readRelease } from "./queries/read-release.ts";
