export type { CopyIdentity } from "./copy-identity.ts";
export { chunksOf, openChunk } from "./opened-chunk.ts";
export { importContentKey } from "./content-key.ts";
export { newInstallationKey, unwrapContentKey } from "./installation-key.ts";
export { clockToleranceMs, licenceState, type LicenceState, type SeenTime } from "./licence.ts";
export { readByteRange, type ByteRange } from "./byte-range.ts";
export { OfflineError } from "./offline-error.ts";
