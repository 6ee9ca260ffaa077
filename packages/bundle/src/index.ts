export { BundleError, type BundleErrorCode } from "./bundle-error.ts";
export {
  accountsMax,
  bundleBytesMax,
  membersMax,
  openedBytesMax,
  ordinalsMax,
  saltsMax,
  signaturesMax,
} from "./limits.ts";
export type { Sha256, VerifyEd25519 } from "./crypto.ts";
export { readLayout, type Layout, type Signature } from "./layout.ts";
export { addSignature, checkSignatures, signingInput, type SignaturePolicy } from "./signature.ts";
export { AccountHasher, hashAccounts, type AccountHashes } from "./account-hash.ts";
export { noAccounts, type AccountKind, type AccountSection } from "./account-section.ts";
export {
  decodeOrdinals,
  encodeOrdinals,
  noOrdinals,
  ordinalsOf,
  type OrdinalKind,
  type OrdinalSection,
} from "./ordinal-section.ts";
export { encodeFingerprints, FingerprintSet, fingerprintBytesMost } from "./fingerprint-set.ts";
export {
  Cascade,
  cascadeBytesLeast,
  encodeCascade,
  PassingLevel,
  type CascadeLevels,
  type FuseLevel,
} from "./cascade.ts";
export { constructCascade, constructLevel1, constructLevel2, passingOf } from "./cascade-construction.ts";
export type { CohortContents } from "./cohort-table.ts";
export type { ListedCohort } from "./listed-cohort.ts";
export type { Manifest } from "./manifest.ts";
export { encodeBundle, encodeSignedBundle } from "./encode-bundle.ts";
export { inspectBundle, openBundle, type Bundle } from "./open-bundle.ts";
export { checkFreshness, isExpired } from "./freshness.ts";
export { entropyBitsPerMember } from "./entropy.ts";
export { applyDelta, makeDelta, readDeltaHeader, type DeltaHeader, type DeltaLimits } from "./delta.ts";
export { TrustError, type TrustErrorCode } from "./trust-error.ts";
export { documentBytesMax } from "./trust-limits.ts";
export {
  addDocumentSignature,
  documentSigningInput,
  readSignedDocument,
  writeSignedDocument,
  type SignedDocument,
} from "./signed-document.ts";
export {
  checkTrustRoot,
  checkTrustUpdate,
  isTrustExpired,
  readTrustRoot,
  trustRootDocument,
  trustRootDomain,
  type SignedTrustRoot,
  type TrustRoot,
} from "./trust-root.ts";
export {
  checkStampFollows,
  freshnessDocument,
  freshnessDomain,
  inspectFreshnessStamp,
  openFreshnessStamp,
  type FreshnessStamp,
} from "./freshness-stamp.ts";
