export {
  effects,
  fieldNames,
  formats,
  watchedStores,
  type Condition,
  type CoverageEntry,
  type DataMap,
  type DataStore,
  type DigestKey,
  type Effect,
  type FieldName,
  type Format,
  type IgnoredOperation,
  type MappedOperation,
  type Operation,
  type People,
  type Proof,
  type Source,
} from "./data-map.ts";
export { parseDataMap } from "./parse-data-map.ts";
export { parseFieldPath, valueAt, type FieldPath } from "./field-path.ts";
export { idText, isLogRecord, parseLogJson, scalarText, type LogRecord, type LogValue } from "./log-value.ts";
export type { Access, LogEvent, Outcome, Unreadable } from "./log-event.ts";
export { compileNormaliser, type Normaliser } from "./normalise.ts";
export { assembleRecords, type AssembledRecord, type RecordAssembler } from "./record-assembler.ts";
export { recordCharsMax, type PhysicalLine } from "./physical-line.ts";
export { logTimeUs } from "./log-time.ts";
export { LineReader, spanColumns, type LineShape, type SpanColumn } from "./line-reader.ts";
export { eventColumns, eventKinds, type EventColumn } from "./event-columns.ts";
export {
  mayBeDigest,
  readDigest,
  type DigestDocument,
  type DigestFile,
  type ListedLogFile,
  type MalformedDigest,
} from "./cloudtrail-digest/digest-document.ts";
export { digestLimits } from "./cloudtrail-digest/digest-limits.ts";
export type { DigestProblem } from "./cloudtrail-digest/digest-problems.ts";
export {
  digestOfSignature,
  readSignature,
  type DigestSignature,
} from "./cloudtrail-digest/digest-signature.ts";
export {
  verifyDigests,
  type DigestEvidence,
  type DigestProof,
  type ProvenChain,
} from "./cloudtrail-digest/verify-digests.ts";
export { closeDocument } from "./profile/close-document.ts";
export { detectFormat, type FormatFinding } from "./profile/detect-format.ts";
export type { KnownIds } from "./profile/known-ids.ts";
export { surveySource, type SourceSample, type SourceSurvey } from "./profile/profile-source.ts";
export { renderMap, type MapProposal, type ProposedSource } from "./profile/render-map.ts";
export type { SampledRun, SourceProfile } from "./profile/source-profile.ts";
