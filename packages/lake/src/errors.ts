import { CordonError } from "@cordon/model";

/** What can go wrong where events and the directory rest. */
export type LakeErrorCode =
  /** A file of accounts or installations is not what its format asks for; the message is `FILE:LINE: what, expected …`. */
  | "ERR_LAKE_INPUT"
  /** A file cannot be read, or its name ends in none of the known formats. */
  | "ERR_LAKE_FILE"
  /** No directory has been imported yet. */
  | "ERR_LAKE_NO_DIRECTORY"
  /** The directory at rest is newer than what is to be imported. */
  | "ERR_LAKE_AS_OF"
  /** Another import is running in the same folder. */
  | "ERR_LAKE_BUSY"
  /** A lake was imported with a map that reads its lines otherwise. */
  | "ERR_LAKE_READING"
  /** There is no lake of evidence in the folder. */
  | "ERR_LAKE_NO_EVIDENCE"
  /** The engine may not take enough memory. */
  | "ERR_LAKE_MEMORY"
  /** The disk will not hold it. */
  | "ERR_LAKE_DISK_FULL"
  /** A directory could not be fetched. */
  | "ERR_LAKE_FETCH"
  /** The PostgreSQL that holds the directory does not answer, or refuses. */
  | "ERR_LAKE_DATABASE"
  /** A lake's address cannot be read, or holds a password. */
  | "ERR_LAKE_ADDRESS"
  /** A lake's server does not answer, or not with what it was asked for. */
  | "ERR_LAKE_REMOTE";

/** Thrown by this package; messages are one line, ready to be shown as they stand. */
export class LakeError extends CordonError<LakeErrorCode> {}
