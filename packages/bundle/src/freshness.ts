import { BundleError } from "./bundle-error.ts";

/** A bundle is expired from `expiresAtMs` on; null is never. */
export function isExpired(bundle: { readonly expiresAtMs: number | null }, nowMs: number): boolean {
  return bundle.expiresAtMs !== null && nowMs >= bundle.expiresAtMs;
}

/**
 * Whether a bundle may come (or stay) in force. Throws a BundleError: ERR_BUNDLE_ROLLBACK for an older version than the one in
 * force, ERR_BUNDLE_EXPIRED for a passed expiry unless `keepServing`. `versionInForce` is null before the first.
 */
export function checkFreshness(
  bundle: { readonly version: number; readonly expiresAtMs: number | null },
  given: { readonly nowMs: number; readonly versionInForce: number | null; readonly keepServing: boolean },
): void {
  if (given.versionInForce !== null && bundle.version < given.versionInForce) {
    const what = `version ${bundle.version} is older than version ${given.versionInForce} in force`;
    throw new BundleError("ERR_BUNDLE_ROLLBACK", what);
  }
  if (!given.keepServing && isExpired(bundle, given.nowMs)) {
    throw new BundleError("ERR_BUNDLE_EXPIRED", `version ${bundle.version} has expired`);
  }
}
