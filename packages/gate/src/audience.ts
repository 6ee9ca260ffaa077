import type { Audience, Waves } from "./compiled-rule.ts";
import type { GateRequest } from "./request.ts";

/**
 * Whether a rule's `where` matches. `installerStore` is the store that the installer stands for, where it is another than
 * the request's: the client is then asked as if it came from both.
 */
export function isForClient(
  audience: Audience,
  request: GateRequest,
  installerStore: string | null,
): boolean {
  const { platforms, stores } = audience;
  // A missing platform matches no `where` on platform.
  if (platforms !== null && (request.platform === null || !platforms.has(request.platform))) return false;
  return (
    stores === null || stores.has(request.store) || (installerStore !== null && stores.has(installerStore))
  );
}

/** Whether a rule's cohort holds the account. A request without account is in no cohort. */
export function isForAccount({ hasCohort, set }: Audience, request: GateRequest): boolean {
  if (!hasCohort) return true;
  if (request.account === null) return false;
  return set === null || set.has(request.account, request.ordinal);
}

/** Whether the wave of the request's account is open. A request without account is in the first wave. */
export function isOpen(waves: Waves | null, request: GateRequest, nowMs: number): boolean {
  if (waves === null) return true;
  const elapsedMs = nowMs - waves.fromMs;
  if (elapsedMs < 0) return false;
  if (elapsedMs >= waves.overMs || request.account === null) return true;
  // Exactly: elapsed ≥ wave · over / waves. A wave takes effect at its instant, whole millisecond or not.
  const wave = waves.hash.waveOf(request.account, waves.waves);
  const left = elapsedMs * waves.waves;
  const right = wave * waves.overMs;
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left >= right;
  return BigInt(elapsedMs) * BigInt(waves.waves) >= BigInt(wave) * BigInt(waves.overMs);
}
