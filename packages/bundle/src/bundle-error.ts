export type BundleErrorCode =
  /** Larger than the limit, or contents that would be. */
  | "ERR_BUNDLE_SIZE"
  /** Not the bytes of a bundle: cut, extended, or of another format. */
  | "ERR_BUNDLE_FORMAT"
  /** A signature by a given key does not verify. */
  | "ERR_BUNDLE_SIGNATURE"
  /** Too few of the given keys have signed. */
  | "ERR_BUNDLE_THRESHOLD"
  /** Its expiry has passed. */
  | "ERR_BUNDLE_EXPIRED"
  /** Older than the version in force. */
  | "ERR_BUNDLE_ROLLBACK";

/** Why a bundle is refused. A class of its own because this package imports nothing. */
export class BundleError extends Error {
  readonly code: BundleErrorCode;

  constructor(code: BundleErrorCode, message: string) {
    super(message);
    this.name = "BundleError";
    this.code = code;
  }
}

export function malformed(message: string): BundleError {
  return new BundleError("ERR_BUNDLE_FORMAT", message);
}
