export { GateError, type GateErrorCode, type GatePath } from "./gate-error.ts";
export {
  measures,
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
export { parseRequest, unknownStore, type GateRequest } from "./request.ts";
export { compilePolicy, cutoffMs, type CohortSet, type CompiledPolicy } from "./compile-policy.ts";
export { decide, type Decision, type Directive } from "./decide.ts";
export { waveOf } from "./wave.ts";
export { parseDuration, parseInstant } from "./instant.ts";
export { compareVersions, parseVersion, type Version } from "./version.ts";
