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
  | "ERR_EVENT_MALFORMED";

export class TransparencyError extends CordonError<TransparencyErrorCode> {}
