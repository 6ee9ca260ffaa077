export { EnforcementError, type EnforcementErrorCode } from "./errors.ts";
export { BundleRefused, refusals, type Refusal } from "./refusal.ts";
export type { BundleSource, Offer, SourceWatch } from "./bundle-source.ts";
export {
  HttpBundleSource,
  httpBundleSourceDefaults,
  type HttpBundleSourceOptions,
} from "./http-bundle-source.ts";
export {
  bundleBytesMaxDefault,
  EnforcementPoint,
  type EnforcementPointOptions,
  type PointStatus,
} from "./enforcement-point.ts";
export type { ClientClaims, GuardedRequest } from "./guarded-request.ts";
export type { PointDecision } from "./point-decision.ts";
export { denialOf, type Denial } from "./denial.ts";
export { fastifyGuard, type FastifyGuardOptions, type Purpose } from "./fastify-guard.ts";
export { ProgressReport, progressReportDefaults, type ProgressReportOptions } from "./progress-report.ts";
