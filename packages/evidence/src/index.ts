export {
  effects,
  fieldNames,
  formats,
  watchedStores,
  type Condition,
  type CoverageEntry,
  type DataMap,
  type DataStore,
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
export { splitRecords, type DocumentRecord } from "./cloudtrail-document.ts";
