import {
  installerStoreOf,
  isBuildBelow,
  isCodeBelow,
  isOldFormat,
  isVersionBelow,
  missingMs,
  namesKey,
  refusalReason,
  releaseFor,
  timeFor,
} from "./applies.ts";
import { isForAccount, isForClient, isOpen } from "./audience.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import type { CompiledCutoff, CompiledRefusal, Outcome } from "./compiled-rule.ts";
import type { Decision } from "./decision.ts";
import type { GateRequest } from "./request.ts";

const allowed: Decision = Object.freeze({ allow: true, directives: Object.freeze([]) });

/**
 * Decides one request. `nowMs` is in milliseconds since the epoch.
 * INVARIANT: no object is made for a decision that was made before; loops go by index, since an iterator would be one too.
 * In each rule the cheap tests stand first, the cohort and the wave last.
 */
export function decide(compiled: CompiledPolicy, request: GateRequest, nowMs: number): Decision {
  const installerStore = installerStoreOf(request);
  const refusal = refusalBy(compiled.refuseClient, request, installerStore);
  const reauthenticate = latestCutoff(compiled.reauthenticate, request, installerStore, nowMs);
  const changePassword = latestCutoff(compiled.changePassword, request, installerStore, nowMs);
  const upgrade = strongestUpgrade(compiled, request, installerStore, nowMs);
  const redownload = highestEpoch(compiled, request, installerStore, nowMs);

  const first = refusal ?? reauthenticate ?? changePassword ?? upgrade ?? redownload;
  if (first === null) return allowed;
  const last = redownload ?? upgrade ?? changePassword ?? reauthenticate ?? refusal;
  if (first === last) return first.alone;
  return compiled.combined.of(refusal, reauthenticate, changePassword, upgrade, redownload);
}

function refusalBy(
  rules: readonly CompiledRefusal[],
  request: GateRequest,
  installerStore: string | null,
): Outcome | null {
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule === undefined) break;
    if (!isForClient(rule.audience, request, installerStore)) continue;
    if (refusalReason(rule, request, installerStore) === null) continue;
    if (isForAccount(rule.audience, request)) return rule.outcome;
  }
  return null;
}

function latestCutoff(
  rules: readonly CompiledCutoff[],
  request: GateRequest,
  installerStore: string | null,
  nowMs: number,
): Outcome | null {
  const asked = rules[0];
  if (asked === undefined) return null;
  const timeMs = timeFor(asked, request);
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule === undefined) break;
    if (rule.keys !== null) {
      if (!namesKey(rule.keys, request)) continue;
    } else {
      const { cutoffMs } = rule;
      // The cutoffs that follow are no later: the time is before none of them.
      if (timeMs >= cutoffMs) break;
      // As `isBeforeCutoff`, in place: a number that is handed on may be boxed, which is an object a call.
      if (nowMs < cutoffMs || (timeMs === missingMs && !rule.appliesToMissing)) continue;
    }
    if (!isForClient(rule.audience, request, installerStore)) continue;
    if (isForAccount(rule.audience, request) && isOpen(rule.waves, request, nowMs)) return rule.outcome;
  }
  return null;
}

function strongestUpgrade(
  compiled: CompiledPolicy,
  request: GateRequest,
  installerStore: string | null,
  nowMs: number,
): Outcome | null {
  const rules = compiled.upgrade;
  const installation = request.installation ?? null;
  let recommended: Outcome | null = null;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule === undefined) break;
    if (!isForClient(rule.audience, request, installerStore)) continue;
    if (
      !isVersionBelow(rule, request, compiled.versions) &&
      !isCodeBelow(rule, installation) &&
      !isBuildBelow(rule, installation, compiled.versions)
    ) {
      continue;
    }
    const release = releaseFor(rule, request.store, installerStore, nowMs);
    const isRequired = release !== null && nowMs >= rule.requiredMs;
    // A recommendation is overtaken by requirements alone.
    if (!isRequired && recommended !== null) continue;
    if (!isForAccount(rule.audience, request)) continue;
    if (isRequired) return release.required;
    recommended = release === null ? rule.unavailable : release.recommended;
  }
  return recommended;
}

function highestEpoch(
  compiled: CompiledPolicy,
  request: GateRequest,
  installerStore: string | null,
  nowMs: number,
): Outcome | null {
  const rules = compiled.redownload;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    // The epochs that follow are no higher.
    if (rule === undefined || request.offlineEpoch >= rule.epoch) break;
    if (!isForClient(rule.audience, request, installerStore)) continue;
    if (isOldFormat(rule, request, compiled.versions)) continue;
    if (isForAccount(rule.audience, request) && isOpen(rule.waves, request, nowMs)) return rule.outcome;
  }
  return null;
}
