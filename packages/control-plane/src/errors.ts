import { CordonError } from "@cordon/model";

export type ControlPlaneErrorCode =
  /** There is no such incident, plan or notice. */
  | "ERR_PLANE_NOT_FOUND"
  /** The idempotency key came with another request before. */
  | "ERR_PLANE_KEY_REUSED"
  /** The evidence is not a folder under HOME/evidence. */
  | "ERR_PLANE_EVIDENCE"
  /** The control plane was started without a directory to read. */
  | "ERR_PLANE_NO_DIRECTORY"
  /** The control plane was started without a mail server. */
  | "ERR_PLANE_NO_MAIL"
  /** Others write to the journal faster than this command can be decided. */
  | "ERR_PLANE_BUSY"
  | "ERR_PLANE_CLOSED";

export class ControlPlaneError extends CordonError<ControlPlaneErrorCode> {}
