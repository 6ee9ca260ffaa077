export type { WebCryptoKey } from "./crypto-key.ts";
export type { CopyIdentity } from "./copy-identity.ts";
export { chunksOf, openChunk, sealChunk, sealCopy } from "./sealed-copy.ts";
export { deriveContentKey, importContentKey, importMaster, type ContentKeyScope } from "./content-key.ts";
export {
  importInstallationKey,
  newInstallationKey,
  unwrapContentKey,
  wrapContentKey,
  type InstallationKeyPair,
} from "./installation-key.ts";
export { clockToleranceMs, licenceState, type LicenceState, type SeenTime } from "./licence.ts";
export { readByteRange, type ByteRange } from "./byte-range.ts";
export { OfflineError, type OfflineErrorCode } from "./offline-error.ts";
