import type { Command } from "commander";

type Register = (program: Command) => void;

/** Every verb is one file in `commands/` that registers itself; it is loaded only when its command may be meant. */
export const verbs: readonly { readonly noun: string; readonly load: () => Promise<Register> }[] = [
  { noun: "scope", load: async () => (await import("./commands/scope.ts")).registerScope },
  { noun: "scope", load: async () => (await import("./commands/scope-explain.ts")).registerScopeExplain },
  {
    noun: "evidence",
    load: async () => (await import("./commands/evidence-import.ts")).registerEvidenceImport,
  },
  {
    noun: "evidence",
    load: async () => (await import("./commands/evidence-publish.ts")).registerEvidencePublish,
  },
  {
    noun: "evidence",
    load: async () => (await import("./commands/evidence-profile.ts")).registerEvidenceProfile,
  },
  { noun: "bundle", load: async () => (await import("./commands/bundle-build.ts")).registerBundleBuild },
  { noun: "bundle", load: async () => (await import("./commands/bundle-sign.ts")).registerBundleSign },
  { noun: "bundle", load: async () => (await import("./commands/bundle-verify.ts")).registerBundleVerify },
  { noun: "bundle", load: async () => (await import("./commands/bundle-inspect.ts")).registerBundleInspect },
  { noun: "bundle", load: async () => (await import("./commands/bundle-delta.ts")).registerBundleDelta },
  { noun: "bundle", load: async () => (await import("./commands/bundle-apply.ts")).registerBundleApply },
  { noun: "bundle", load: async () => (await import("./commands/bundle-stamp.ts")).registerBundleStamp },
  { noun: "bundle", load: async () => (await import("./commands/bundle-encrypt.ts")).registerBundleEncrypt },
  { noun: "trust", load: async () => (await import("./commands/trust-init.ts")).registerTrustInit },
  { noun: "trust", load: async () => (await import("./commands/trust-rotate.ts")).registerTrustRotate },
  { noun: "trust", load: async () => (await import("./commands/trust-sign.ts")).registerTrustSign },
  { noun: "trust", load: async () => (await import("./commands/trust-verify.ts")).registerTrustVerify },
  { noun: "release", load: async () => (await import("./commands/release-plan.ts")).registerReleasePlan },
  { noun: "release", load: async () => (await import("./commands/release-show.ts")).registerReleaseShow },
  {
    noun: "release",
    load: async () => (await import("./commands/release-promote.ts")).registerReleasePromote,
  },
  { noun: "gate", load: async () => (await import("./commands/gate-decide.ts")).registerGateDecide },
  { noun: "gate", load: async () => (await import("./commands/gate-serve.ts")).registerGateServe },
  { noun: "gate", load: async () => (await import("./commands/gate-simulate.ts")).registerGateSimulate },
  { noun: "key", load: async () => (await import("./commands/key-generate.ts")).registerKeyGenerate },
  { noun: "journal", load: async () => (await import("./commands/journal-verify.ts")).registerJournalVerify },
  { noun: "journal", load: async () => (await import("./commands/journal-proof.ts")).registerJournalProof },
  { noun: "journal", load: async () => (await import("./commands/journal-show.ts")).registerJournalShow },
  { noun: "journal", load: async () => (await import("./commands/journal-erase.ts")).registerJournalErase },
  {
    noun: "account",
    load: async () => (await import("./commands/account-explain.ts")).registerAccountExplain,
  },
  {
    noun: "directory",
    load: async () => (await import("./commands/directory-import.ts")).registerDirectoryImport,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-export.ts")).registerIncidentExport,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-verify-export.ts")).registerIncidentVerifyExport,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-retention.ts")).registerIncidentRetention,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-hold.ts")).registerIncidentHold,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-shred.ts")).registerIncidentShred,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-approve-shred.ts")).registerIncidentApproveShred,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-decline-shred.ts")).registerIncidentDeclineShred,
  },
  { noun: "incident", load: async () => (await import("./commands/incident-due.ts")).registerIncidentDue },
  { noun: "witness", load: async () => (await import("./commands/witness-serve.ts")).registerWitnessServe },
  { noun: "operator", load: async () => (await import("./commands/operator-list.ts")).registerOperatorList },
  {
    noun: "operator",
    load: async () => (await import("./commands/operator-invite.ts")).registerOperatorInvite,
  },
  {
    noun: "operator",
    load: async () => (await import("./commands/operator-grant.ts")).registerOperatorGrant,
  },
  {
    noun: "operator",
    load: async () => (await import("./commands/operator-revoke.ts")).registerOperatorRevoke,
  },
  { noun: "token", load: async () => (await import("./commands/token-create.ts")).registerTokenCreate },
  { noun: "token", load: async () => (await import("./commands/token-list.ts")).registerTokenList },
  { noun: "token", load: async () => (await import("./commands/token-revoke.ts")).registerTokenRevoke },
  { noun: "notices", load: async () => (await import("./commands/notices-draft.ts")).registerNoticesDraft },
  {
    noun: "notices",
    load: async () => (await import("./commands/notices-approve.ts")).registerNoticesApprove,
  },
  { noun: "notices", load: async () => (await import("./commands/notices-show.ts")).registerNoticesShow },
  { noun: "notices", load: async () => (await import("./commands/notices-status.ts")).registerNoticesStatus },
  {
    noun: "notices",
    load: async () => (await import("./commands/notices-not-sent.ts")).registerNoticesNotSent,
  },
  {
    noun: "notices",
    load: async () => (await import("./commands/notices-preview.ts")).registerNoticesPreview,
  },
  { noun: "notices", load: async () => (await import("./commands/notices-stop.ts")).registerNoticesStop },
  { noun: "notices", load: async () => (await import("./commands/notices-resume.ts")).registerNoticesResume },
  {
    noun: "notices",
    load: async () => (await import("./commands/notices-retry-unknown.ts")).registerNoticesRetryUnknown,
  },
  { noun: "duties", load: async () => (await import("./commands/duties-list.ts")).registerDutiesList },
  { noun: "duties", load: async () => (await import("./commands/duties-due.ts")).registerDutiesDue },
  { noun: "duties", load: async () => (await import("./commands/duties-draft.ts")).registerDutiesDraft },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-show.ts")).registerDutiesShow,
  },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-markets.ts")).registerDutiesMarkets,
  },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-record.ts")).registerDutiesRecord,
  },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-done.ts")).registerDutiesDone,
  },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-waive.ts")).registerDutiesWaive,
  },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-reopen.ts")).registerDutiesReopen,
  },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-extend.ts")).registerDutiesExtend,
  },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-toll.ts")).registerDutiesToll,
  },
  {
    noun: "duties",
    load: async () => (await import("./commands/duties-form.ts")).registerDutiesForm,
  },
  { noun: "incident", load: async () => (await import("./commands/incident-open.ts")).registerIncidentOpen },
  { noun: "incident", load: async () => (await import("./commands/incident-list.ts")).registerIncidentList },
  { noun: "incident", load: async () => (await import("./commands/incident-show.ts")).registerIncidentShow },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-timeline.ts")).registerIncidentTimeline,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-fallout.ts")).registerIncidentFallout,
  },
  { noun: "incident", load: async () => (await import("./commands/incident-move.ts")).registerIncidentMove },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-reopen.ts")).registerIncidentReopen,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-severity.ts")).registerIncidentSeverity,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-grant.ts")).registerIncidentGrant,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-ungrant.ts")).registerIncidentUngrant,
  },
  { noun: "incident", load: async () => (await import("./commands/incident-note.ts")).registerIncidentNote },
  { noun: "incident", load: async () => (await import("./commands/incident-task.ts")).registerIncidentTask },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-finish-task.ts")).registerIncidentFinishTask,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-attach.ts")).registerIncidentAttach,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-attachment.ts")).registerIncidentAttachment,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-question.ts")).registerIncidentQuestion,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-accept.ts")).registerIncidentAccept,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-claim.ts")).registerIncidentClaim,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-decide.ts")).registerIncidentDecide,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-no-risk.ts")).registerIncidentNoRisk,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-sign-no-risk.ts")).registerIncidentSignNoRisk,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-criteria.ts")).registerIncidentCriteria,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-judge.ts")).registerIncidentJudge,
  },
  {
    noun: "incident",
    load: async () => (await import("./commands/incident-all-clear.ts")).registerIncidentAllClear,
  },
  { noun: "plan", load: async () => (await import("./commands/plan-draft.ts")).registerPlanDraft },
  { noun: "plan", load: async () => (await import("./commands/plan-edit.ts")).registerPlanEdit },
  { noun: "plan", load: async () => (await import("./commands/plan-show.ts")).registerPlanShow },
  { noun: "plan", load: async () => (await import("./commands/plan-ask.ts")).registerPlanAsk },
  { noun: "plan", load: async () => (await import("./commands/plan-lift.ts")).registerPlanLift },
  { noun: "plan", load: async () => (await import("./commands/plan-extend.ts")).registerPlanExtend },
  { noun: "plan", load: async () => (await import("./commands/plan-decline.ts")).registerPlanDecline },
  { noun: "plan", load: async () => (await import("./commands/plan-break-glass.ts")).registerPlanBreakGlass },
  { noun: "plan", load: async () => (await import("./commands/plan-review.ts")).registerPlanReview },
  { noun: "plan", load: async () => (await import("./commands/plan-start.ts")).registerPlanStart },
  { noun: "plan", load: async () => (await import("./commands/plan-promote.ts")).registerPlanPromote },
  { noun: "plan", load: async () => (await import("./commands/plan-advance.ts")).registerPlanAdvance },
  { noun: "plan", load: async () => (await import("./commands/plan-pause.ts")).registerPlanPause },
  { noun: "plan", load: async () => (await import("./commands/plan-resume.ts")).registerPlanResume },
  { noun: "plan", load: async () => (await import("./commands/plan-complete.ts")).registerPlanComplete },
  { noun: "plan", load: async () => (await import("./commands/plan-progress.ts")).registerPlanProgress },
  { noun: "plan", load: async () => (await import("./commands/plan-limits.ts")).registerPlanLimits },
  {
    noun: "plan",
    load: async () => (await import("./commands/plan-agree-limits.ts")).registerPlanAgreeLimits,
  },
  { noun: "plan", load: async () => (await import("./commands/plan-preview.ts")).registerPlanPreview },
  { noun: "plan", load: async () => (await import("./commands/plan-waves.ts")).registerPlanWaves },
  { noun: "rate", load: async () => (await import("./commands/rate-report.ts")).registerRateReport },
  { noun: "rate", load: async () => (await import("./commands/rate-list.ts")).registerRateList },
  { noun: "plan", load: async () => (await import("./commands/plan-approve.ts")).registerPlanApprove },
  { noun: "plan", load: async () => (await import("./commands/plan-prepared.ts")).registerPlanPrepared },
  { noun: "serve", load: async () => (await import("./commands/serve.ts")).registerServe },
  { noun: "backup", load: async () => (await import("./commands/backup.ts")).registerBackup },
  { noun: "restore", load: async () => (await import("./commands/restore.ts")).registerRestore },
  { noun: "status", load: async () => (await import("./commands/status.ts")).registerStatus },
  { noun: "doctor", load: async () => (await import("./commands/doctor.ts")).registerDoctor },
  { noun: "drill", load: async () => (await import("./commands/drill.ts")).registerDrill },
];
