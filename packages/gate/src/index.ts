export { GateError, type GateErrorCode, type GatePath } from "./gate-error.ts";
export {
  measures,
  type AcceptedVerdicts,
  type CohortSource,
  type CutoffRule,
  type Measure,
  type Policy,
  type RedownloadRule,
  type RefuseClientRule,
  type Rollout,
  type Rule,
  type StoreRelease,
  type UpgradeRule,
  type Where,
} from "./policy.ts";
export { everyone, parsePolicy } from "./parse-policy.ts";
export { parseRequest, unknownStore, type GateRequest, type Installation } from "./request.ts";
export { storeOfInstaller } from "./installer.ts";
export { parseSigningDigest } from "./signing-digest.ts";
export { type CohortSet } from "./compiled-rule.ts";
export { compilePolicy, cutoffMs, type CompiledPolicy } from "./compile-policy.ts";
export { type Decision, type Directive } from "./decision.ts";
export { decide } from "./decide.ts";
export {
  explain,
  type Explanation,
  type ReasonAgainst,
  type ReasonFor,
  type RuleExplanation,
} from "./explain.ts";
export { waveOf } from "./wave.ts";
export { hasMet, waveUnder } from "./has-met.ts";
export { parseDuration, parseInstant } from "./instant.ts";
export { compareVersions, parseVersion, type Version } from "./version.ts";
