import { CordonError } from "@cordon/model";

export type ControlPlaneErrorCode =
  /** There is no such incident, plan or notice. */
  | "ERR_PLANE_NOT_FOUND"
  /** The idempotency key came with another request before. */
  | "ERR_PLANE_KEY_REUSED"
  /** The caller has none of the roles that this needs. */
  | "ERR_PLANE_ROLE"
  /** What the caller names is no longer what waits. */
  | "ERR_PLANE_STALE"
  /** The caller had a hand in what they would sign, or somebody has signed otherwise with that name or key. */
  | "ERR_PLANE_OWN_SIGNATURE"
  /** An attachment is too large, cut short, or its bytes are lost. */
  | "ERR_PLANE_ATTACHMENT"
  /** Prometheus does not say how a watched rate stands. */
  | "ERR_PLANE_RATES"
  /** The evidence is not a folder under HOME/evidence. */
  | "ERR_PLANE_EVIDENCE"
  /** The control plane was started without a directory to read. */
  | "ERR_PLANE_NO_DIRECTORY"
  /** The control plane was started without a mail server. */
  | "ERR_PLANE_NO_MAIL"
  /** The control plane was started without a channel that a notice asks for. */
  | "ERR_PLANE_NO_CHANNEL"
  /** Some recipients' language is not written, and nobody named another one for them. */
  | "ERR_PLANE_LANGUAGES"
  /** Others write to the journal faster than this command can be decided. */
  | "ERR_PLANE_BUSY"
  /** HOME/keys are not those of the other servers on the database. */
  | "ERR_PLANE_KEYS"
  /** What came back about a message can't be read, or nobody vouches for it. */
  | "ERR_PLANE_RETURN"
  | "ERR_PLANE_CLOSED";

export class ControlPlaneError extends CordonError<ControlPlaneErrorCode> {}
