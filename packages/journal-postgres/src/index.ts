export { JournalError, type JournalErrorCode } from "./errors.ts";
export type { Appended, ExpectedVersion, NewEvent, RecordedEvent } from "./event.ts";
export { eventsPerReadMax, Journal, openJournal, type JournalOptions } from "./journal.ts";
export type { FollowOptions } from "./log/following.ts";
export { eventBytesMax, eventsPerAppendMax } from "./log/operation.ts";
export type { StopEmbedded } from "./database/database.ts";
export type { MigrationSet } from "./database/migrate.ts";
export { Leases } from "./database/leases.ts";
export {
  verifyHome,
  verifyUrl,
  type VerifyHomeOptions,
  type VerifyUrlOptions,
} from "./verify/verify-journal.ts";
export type { ForeignCheckpoint } from "./verify/check-kept.ts";
export type { Failure, Verification } from "./verify/verification.ts";
export type { Sealing } from "./sealing.ts";
export { proveEntry } from "./prove-entry.ts";
export { showEntries, type ShownEntry, type ShowOptions } from "./show-entries.ts";
export { gatherExport, type GatheredExport, type GatherOptions } from "./gather-export.ts";
export type { Witness } from "./witness/ask-witness.ts";
export { Cosignatures } from "./witness/cosignatures.ts";
export { exportIncident, type ExportOptions } from "./export-incident.ts";
export { dumpDatabase, type DumpedDatabase, type DumpedRows } from "./backup/dump-database.ts";
export { loadDatabase, type LoadOptions } from "./backup/load-database.ts";
