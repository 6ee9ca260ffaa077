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
    noun: "directory",
    load: async () => (await import("./commands/directory-import.ts")).registerDirectoryImport,
  },
  { noun: "serve", load: async () => (await import("./commands/serve.ts")).registerServe },
  { noun: "status", load: async () => (await import("./commands/status.ts")).registerStatus },
  { noun: "doctor", load: async () => (await import("./commands/doctor.ts")).registerDoctor },
  { noun: "drill", load: async () => (await import("./commands/drill.ts")).registerDrill },
];
