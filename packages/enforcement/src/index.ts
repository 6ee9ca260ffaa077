export { EnforcementError, type EnforcementErrorCode } from "./errors.ts";
export { BundleRefused, refusals, type Refusal } from "./refusal.ts";
export type { BundleSource, Offer, SourceWatch } from "./bundle-source.ts";
export {
  HttpBundleSource,
  httpBundleSourceDefaults,
  type HttpBundleSourceOptions,
} from "./http-bundle-source.ts";
export {
  FileBundleSource,
  fileBundleSourceDefaults,
  type FileBundleSourceOptions,
} from "./file-bundle-source.ts";
export {
  StaticBundleSource,
  staticBundleSourceDefaults,
  type StaticBundleSourceOptions,
} from "./static-bundle-source.ts";
export {
  bundleBytesMaxDefault,
  EnforcementPoint,
  type EnforcementPointOptions,
  type PointMode,
  type PointStatus,
} from "./enforcement-point.ts";
export type { ClientClaims, GuardedRequest } from "./guarded-request.ts";
export type { PointDecision } from "./point-decision.ts";
export { denialOf, type Denial } from "./denial.ts";
export { uncertainOutcomes, type UncertainOutcome, type WhenUncertain } from "./when-uncertain.ts";
export type { HttpAnswer } from "./http-answer.ts";
export { guardRequest } from "./guard-request.ts";
export type { DecisionMade, GuardOptions, OpenGuardOptions, Purpose } from "./guard-options.ts";
export { fastifyGuard, type FastifyGuardOptions } from "./fastify-guard.ts";
export { expressGuard, type ExpressGuardOptions, type ExpressRequest } from "./express-guard.ts";
export { honoGuard, type HonoContext, type HonoGuardOptions } from "./hono-guard.ts";
export { webGuard, type WebGuardOptions } from "./web-guard.ts";
export { nodeGuard, type Next, type NodeGuardOptions } from "./node-guard.ts";
export {
  KeysUnavailable,
  TokenKeys,
  tokenKeysDefaults,
  type TokenKeySource,
  type TokenKeysOptions,
} from "./token/token-keys.ts";
export {
  isTokenAlgorithm,
  JwtReader,
  tokenAlgorithms,
  type JwtReaderOptions,
  type TokenAlgorithm,
  type TokenRead,
} from "./token/jwt-reader.ts";
export {
  requestOfClaims,
  type ClaimMapping,
  type ClaimPath,
  type KnownClient,
} from "./token/claim-mapping.ts";
export { tokenOf, type TokenPlace } from "./token/bearer-token.ts";
export { claimedByHeaders, type ClientHeaders } from "./token/client-headers.ts";
export { identityByToken, type Identity, type IdentityReader } from "./token/identity.ts";
export { identityByHeaders, type IdentityHeaders } from "./token/identity-headers.ts";
export type { ForwardAuthOptions } from "./forward-auth/forward-auth.ts";
export type { IdentityRefusals } from "./forward-auth/identity-refusal.ts";
export { ProxySecret, proxySecretHeader } from "./forward-auth/proxy-secret.ts";
export {
  startForwardAuth,
  type ForwardAuthServer,
  type ForwardAuthServerOptions,
} from "./forward-auth/start-forward-auth.ts";
export { ProgressReport, progressReportDefaults, type ProgressReportOptions } from "./progress-report.ts";
export type { BundleTrustOptions, FreshnessOptions, TrustStatus } from "./bundle-trust.ts";
export type { Freshness, StaleReason } from "./freshness-watch.ts";
export type { TrustOptions } from "./trust-chain.ts";
export type { BesideBundle } from "./bundle-source.ts";
export {
  askDefaults,
  askGateway,
  certainLockOuts,
  claimParts,
  examine,
  examinedMeasures,
  fetchIssuer,
  lockOutsByTokens,
  parseTokenLine,
  tokenCharsMax,
  tokensMax,
  type ClaimNames,
  type ClaimPart,
  type ClientTable,
  type DirectoryBatch,
  type Examination,
  type ExaminedMeasure,
  type Finding,
  type Issuer,
  type LockOut,
  type TokenSample,
  type Verdict,
} from "./doctor/index.ts";
