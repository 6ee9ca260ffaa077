export type TrustErrorCode =
  /** Not the canonical bytes of such a document. */
  | "ERR_TRUST_FORMAT"
  /** Larger than its limit. */
  | "ERR_TRUST_SIZE"
  /** A signature by a key that counts does not verify. */
  | "ERR_TRUST_SIGNATURE"
  /** Too few of the keys that count have signed. */
  | "ERR_TRUST_THRESHOLD"
  /** Older than what is known, or not the version that comes next. */
  | "ERR_TRUST_ROLLBACK";

/** Why a trust root or a freshness stamp is refused. */
export class TrustError extends Error {
  readonly code: TrustErrorCode;

  constructor(code: TrustErrorCode, message: string) {
    super(message);
    this.name = "TrustError";
    this.code = code;
  }
}

export function malformedDocument(message: string): TrustError {
  return new TrustError("ERR_TRUST_FORMAT", message);
}
