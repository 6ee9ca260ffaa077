import { CordonError } from "@cordon/model";

export type JournalErrorCode =
  /** The database does not answer, or was lost on the way; the message says whether the append may have been recorded. */
  | "ERR_JOURNAL_DATABASE"
  /** The stream has another version than the caller expected: read it again, decide again. */
  | "ERR_JOURNAL_CONFLICT"
  /** An event, stream or type that the journal cannot hold. */
  | "ERR_JOURNAL_EVENT"
  /** More waits than the journal takes. */
  | "ERR_JOURNAL_BUSY"
  /** Database, files and key do not belong together, or one of them was changed. */
  | "ERR_JOURNAL_TAMPERED"
  /** There is no journal, no database or no such entry. */
  | "ERR_JOURNAL_ABSENT"
  /** The entry can't be erased: it is erased already, or is itself the record of an erasure. */
  | "ERR_JOURNAL_NOT_ERASABLE"
  /** The embedded PostgreSQL can't be started here; `hint` says what would help. */
  | "ERR_JOURNAL_POSTGRES"
  /** The events are recorded, but the log's files could not be written: no checkpoint covers them yet. */
  | "ERR_JOURNAL_FILES"
  /** A later version has changed the database in a way that this one can't work with. */
  | "ERR_JOURNAL_NEWER"
  /** A witness refuses, does not answer, or answers with something else. */
  | "ERR_JOURNAL_WITNESS"
  | "ERR_JOURNAL_CLOSED";

export class JournalError extends CordonError<JournalErrorCode> {}
