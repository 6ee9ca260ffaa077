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
  { noun: "gate", load: async () => (await import("./commands/gate-decide.ts")).registerGateDecide },
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
  { noun: "drill", load: async () => (await import("./commands/drill.ts")).registerDrill },
];
