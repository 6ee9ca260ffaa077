import { CordonError } from "@cordon/model";

/** Why a bundle was not taken. The last good one stays in force. */
export const refusals = [
  "bad-signature",
  "rollback",
  "expired",
  "oversize",
  "malformed",
  /** Encrypted, and not to this point. */
  "undecryptable",
  /** The trust root has expired: nobody can say any more whose signatures count. */
  "trust-expired",
] as const;
export type Refusal = (typeof refusals)[number];

/** A bundle that may not come into force. */
export class BundleRefused extends CordonError<"ERR_BUNDLE_REFUSED"> {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string, options: { cause?: unknown } = {}) {
    super("ERR_BUNDLE_REFUSED", message, options);
    this.refusal = refusal;
  }
}
