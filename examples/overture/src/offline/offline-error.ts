import { CordonError } from "@cordon/model";

type OfflineErrorCode =
  /** An identifier, length or epoch that the format can't carry. */
  | "ERR_OFFLINE_FORMAT"
  /** A chunk is not what the server sealed for this installation, track, epoch and place. */
  | "ERR_OFFLINE_TAMPERED"
  /** A licence, or a content key in it, that this installation can't open. */
  | "ERR_OFFLINE_LICENCE";

export class OfflineError extends CordonError<OfflineErrorCode> {}
