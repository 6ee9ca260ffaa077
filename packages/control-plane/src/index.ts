export {
  buildBundle,
  type BuiltBundle,
  type BuiltCohort,
  type BundleRequest,
  type DirectoryBatch,
} from "./build-bundle.ts";
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
