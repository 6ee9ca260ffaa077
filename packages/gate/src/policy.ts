import type { Version } from "./version.ts";

/** The five measures, in the order in which directives stand. */
export const measures = [
  "refuse_client",
  "reauthenticate",
  "change_password",
  "upgrade",
  "redownload",
] as const;
export type Measure = (typeof measures)[number];

/** Which clients a rule is for; null: any. A set holds the values of which one must match. */
export interface Where {
  readonly platform: ReadonlySet<string> | null;
  readonly store: ReadonlySet<string> | null;
}

/** Wave k of `waves` (0 … waves − 1) opens at fromMs + k · overMs / waves. */
export interface Rollout {
  readonly fromMs: number;
  readonly overMs: number;
  readonly waves: number;
}

interface RuleBase {
  readonly id: string;
  /** `everyone`, the name of a listed cohort, or null: also for requests without account. */
  readonly cohort: string | null;
  readonly where: Where;
}

/** Applies to requests whose time is before the cutoff, or, for a stolen signing key, to all that carry one of `keys`. */
export interface CutoffRule extends RuleBase {
  readonly measure: "reauthenticate" | "change_password";
  /** Null exactly when `keys` is there. */
  readonly cutoffMs: number | null;
  readonly keys: ReadonlySet<string> | null;
  /** Whether a request without the time counts as older than any cutoff. */
  readonly onMissing: "apply" | "ignore";
  /** `exposure`: the sessions may be in an intruder's hands, so there is no rollout. */
  readonly because: "precaution" | "exposure";
  readonly rollout: Rollout | null;
}

export interface StoreRelease {
  /** From when the version is in the store; null: not available. */
  readonly availableMs: number | null;
  readonly link: string | null;
}

export interface UpgradeRule extends RuleBase {
  readonly measure: "upgrade";
  readonly below: Version;
  /** Android `versionCode`: an installation that names a lower one is below, whatever its version says. Null: not asked. */
  readonly belowCode: number | null;
  /** iOS build number (`CFBundleVersion`), likewise. */
  readonly belowBuild: Version | null;
  /** Null: never required, only recommended. */
  readonly requiredMs: number | null;
  readonly stores: ReadonlyMap<string, StoreRelease>;
}

export interface RedownloadRule extends RuleBase {
  readonly measure: "redownload";
  readonly epoch: number;
  /** Only for clients at or above this version; null: for all. */
  readonly from: Version | null;
  readonly rollout: Rollout | null;
}

/** The values of each verdict that are accepted; null: any. */
export interface AcceptedVerdicts {
  readonly appRecognitionVerdict: ReadonlySet<string> | null;
  readonly appLicensingVerdict: ReadonlySet<string> | null;
}

export interface RefuseClientRule extends RuleBase {
  readonly measure: "refuse_client";
  readonly trusted: ReadonlySet<string>;
  /** By store: the signing certificates (SHA-256, lower-case hex) that its apps may have. A store without entry is not asked. */
  readonly signers: ReadonlyMap<string, ReadonlySet<string>>;
  /** By store: the Play Integrity verdicts that its installations may have. A store without entry is not asked. */
  readonly integrity: ReadonlyMap<string, AcceptedVerdicts>;
}

export type Rule = CutoffRule | UpgradeRule | RedownloadRule | RefuseClientRule;

/** Where a cohort's members come from: a file beside the policy, or ids in it. */
export type CohortSource =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "accounts"; readonly accounts: readonly string[] };

export interface Policy {
  /** Only ever grows. */
  readonly version: number;
  readonly rules: readonly Rule[];
  /** The cohorts that the policy itself defines, by name. */
  readonly cohorts: ReadonlyMap<string, CohortSource>;
}
