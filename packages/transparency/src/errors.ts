import { CordonError } from "@cordon/model";

export type TransparencyErrorCode =
  /** A verifier key line or a private key that is none. */
  | "ERR_LOG_KEY"
  | "ERR_NOTE_MALFORMED"
  /** No signature of the key stands on the note. */
  | "ERR_NOTE_UNSIGNED"
  /** A signature of the key stands on the note and does not fit its text. */
  | "ERR_NOTE_SIGNATURE"
  | "ERR_CHECKPOINT_MALFORMED"
  | "ERR_CHECKPOINT_ORIGIN"
  | "ERR_TILE_MALFORMED"
  | "ERR_BUNDLE_MALFORMED"
  | "ERR_PROOF_MALFORMED"
  /** A proof that does not lead to the root. */
  | "ERR_PROOF_MISMATCH"
  | "ERR_ENTRY_MALFORMED"
  | "ERR_EVENT_MALFORMED"
  | "ERR_COSIGNATURE_TIME"
  /** Witnesses that could not reach their threshold honestly. */
  | "ERR_WITNESS_POLICY"
  /** Fewer witnesses have cosigned than must have. */
  | "ERR_WITNESSES_MISSING"
  | "ERR_ADD_CHECKPOINT"
  /** Content that an export can't hold. */
  | "ERR_EXPORT_CONTENT"
  /** Bytes that are no export archive. */
  | "ERR_EXPORT_MALFORMED";

export class TransparencyError extends CordonError<TransparencyErrorCode> {}
