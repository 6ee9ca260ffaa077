import type {
  CompiledCutoff,
  CompiledRedownload,
  CompiledRefusal,
  CompiledUpgrade,
} from "./compiled-rule.ts";
import type { Choice } from "./choice.ts";
import type { AcceptedVerdicts } from "./policy.ts";
import type { GateRequest, Installation } from "./request.ts";
import type { VersionCache } from "./version-cache.ts";
import { compareVersions } from "./version.ts";

/**
 * The time that a rule asks about; null: nobody knows it. An API key has no sign-in, so `reauthenticate` goes by its age.
 */
export function timeFor({ measure }: CompiledCutoff, request: GateRequest): number | null {
  if (measure === "change_password") return request.passwordSetAtMs;
  return request.apiKeyCreatedAtMs ?? request.authTimeMs;
}

/** Whether a rule with `keys` names the key of the request. */
export function namesKey(keys: Choice, request: GateRequest): boolean {
  return request.keyId !== null && keys.has(request.keyId);
}

/** Whether the time that a rule asks about is before its cutoff. */
export function isBeforeCutoff(rule: CompiledCutoff, request: GateRequest): boolean {
  const timeMs = timeFor(rule, request);
  if (timeMs === null) return rule.appliesToMissing;
  // Written so that no number is before any cutoff.
  return !(timeMs >= rule.cutoffMs);
}

/** The store that the installer stands for, where it is another than the one the request names; null: it adds nothing. */
export function installerStoreOf({ store, installation }: GateRequest): string | null {
  const installerStore = installation?.installerStore ?? null;
  return installerStore === store ? null : installerStore;
}

/** Whether the client's version is below the rule's. */
export function isVersionBelow(
  { below }: CompiledUpgrade,
  { version }: GateRequest,
  versions: VersionCache,
): boolean {
  return version === null || compareVersions(versions.parse(version), below) < 0;
}

export function isCodeBelow({ belowCode }: CompiledUpgrade, installation: Installation | null): boolean {
  const code = installation?.versionCode ?? null;
  return belowCode !== null && code !== null && code < belowCode;
}

export function isBuildBelow(
  { belowBuild }: CompiledUpgrade,
  installation: Installation | null,
  versions: VersionCache,
): boolean {
  const build = installation?.build ?? null;
  return belowBuild !== null && build !== null && compareVersions(versions.parse(build), belowBuild) < 0;
}

/** Below the rule's `from`, a client could not read what is issued anew. */
export function isOldFormat(
  { from }: CompiledRedownload,
  { version }: GateRequest,
  versions: VersionCache,
): boolean {
  if (from === null) return false;
  return version === null || compareVersions(versions.parse(version), from) < 0;
}

/** Why a client is refused. */
export type RefusalReason = "store-not-trusted" | "signer-not-listed" | "verdict-not-accepted";

/** Null: the rule finds nothing wrong with the client. Each of the installation's stores is asked. */
export function refusalReason(
  rule: CompiledRefusal,
  request: GateRequest,
  installerStore: string | null,
): RefusalReason | null {
  const { store } = request;
  if (!rule.trusted.has(store)) return "store-not-trusted";
  if (installerStore !== null && !rule.trusted.has(installerStore)) return "store-not-trusted";
  const installation = request.installation ?? null;
  if (installation === null || !rule.looksInside) return null;
  return (
    contradiction(rule, store, installation) ??
    (installerStore === null ? null : contradiction(rule, installerStore, installation))
  );
}

function contradiction(
  rule: CompiledRefusal,
  store: string,
  installation: Installation,
): RefusalReason | null {
  const signers = rule.signers.get(store);
  if (signers !== undefined && installation.signers?.every((digest) => signers.has(digest)) === false) {
    return "signer-not-listed";
  }
  const verdicts = rule.integrity.get(store);
  return verdicts === undefined || areAccepted(verdicts, installation) ? null : "verdict-not-accepted";
}

function areAccepted(accepted: AcceptedVerdicts, installation: Installation): boolean {
  return (
    isAccepted(accepted.appRecognitionVerdict, installation.appRecognitionVerdict) &&
    isAccepted(accepted.appLicensingVerdict, installation.appLicensingVerdict)
  );
}

function isAccepted(accepted: ReadonlySet<string> | null, verdict: string | null): boolean {
  return accepted === null || verdict === null || accepted.has(verdict);
}
