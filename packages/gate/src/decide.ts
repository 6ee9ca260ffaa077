import { isBeforeCutoff, namesKey } from "./applies.ts";
import { isForAccount, isOpen } from "./audience.ts";
import type { ClientUpgrade } from "./client-class.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import type {
  CompiledCutoff,
  CompiledRedownload,
  CompiledRefusal,
  Outcome,
  Release,
} from "./compiled-rule.ts";
import type { Decision } from "./decision.ts";
import { keyBitOf } from "./key-bit.ts";
import { passwordSecond, ReadRequest, signInSecond } from "./read-request.ts";
import type { GateRequest } from "./request.ts";
import { firstSecond, noSecond } from "./time-second.ts";

const allowed: Decision = Object.freeze({ allow: true, directives: Object.freeze([]) });

/**
 * Decides one request. `nowMs` is in milliseconds since the epoch.
 * INVARIANT: no object is made for a decision that was made before; loops go by index, since an iterator would be one too.
 * What the client alone decides is known by its class, and by its bounds most requests pass without a look at its rules;
 * in each rule that remains the cheap tests stand first, the cohort and the wave last.
 */
export function decide(compiled: CompiledPolicy, request: GateRequest, nowMs: number): Decision {
  const read = ReadRequest.of(request);
  const asked = compiled.clients.of(request, read);
  const refusal = asked.refuseClient === null ? null : refusalBy(asked.refuseClient, request);
  let reauthenticate: Outcome | null = null;
  if (((read === null ? keyBitOf(request.keyId) : read.keyBit) & asked.keyBits) !== 0) {
    reauthenticate = reauthenticationByKey(asked.reauthenticateKeys, request, nowMs);
  }
  if (reauthenticate === null && asked.reauthenticateSecond !== noSecond) {
    const second = read === null ? signInSecond(request) : read.signInSecond;
    if (second <= asked.reauthenticateSecond) {
      reauthenticate = latestCutoff(asked.reauthenticate, request, second, nowMs);
    }
  }
  let changePassword: Outcome | null = null;
  if (asked.changePasswordSecond !== noSecond) {
    const second = read === null ? passwordSecond(request) : read.passwordSecond;
    if (second <= asked.changePasswordSecond) {
      changePassword = latestCutoff(asked.changePassword, request, second, nowMs);
    }
  }
  const upgrade = asked.upgrade === null ? null : strongestUpgrade(asked.upgrade, request, nowMs);
  const redownload =
    request.offlineEpoch < asked.redownloadEpoch ? highestEpoch(asked.redownload, request, nowMs) : null;

  const first = refusal ?? reauthenticate ?? changePassword ?? upgrade ?? redownload;
  if (first === null) return allowed;
  const last = redownload ?? upgrade ?? changePassword ?? reauthenticate ?? refusal;
  if (first === last) return first.alone;
  return compiled.combined.of(refusal, reauthenticate, changePassword, upgrade, redownload);
}

function refusalBy(rules: readonly CompiledRefusal[], request: GateRequest): Outcome | null {
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule !== undefined && isForAccount(rule.audience, request)) return rule.outcome;
  }
  return null;
}

function reauthenticationByKey(
  rules: readonly CompiledCutoff[],
  request: GateRequest,
  nowMs: number,
): Outcome | null {
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule === undefined || rule.keys === null) break;
    if (!namesKey(rule.keys, request)) continue;
    if (isForAccount(rule.audience, request) && isOpen(rule.waves, request, nowMs)) return rule.outcome;
  }
  return null;
}

/** `second`: of the time that the rules ask about. Itself it is read only where its second does not decide. */
function latestCutoff(
  rules: readonly CompiledCutoff[],
  request: GateRequest,
  second: number,
  nowMs: number,
): Outcome | null {
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    // The cutoffs that follow are no later: the time is before none of them.
    if (rule === undefined || second > rule.cutoffSecond) break;
    if (nowMs < rule.cutoffMs) continue;
    const isCertain = second < rule.cutoffSecond && second !== firstSecond;
    if (!isCertain && !isBeforeCutoff(rule, request)) continue;
    if (isForAccount(rule.audience, request) && isOpen(rule.waves, request, nowMs)) return rule.outcome;
  }
  return null;
}

function strongestUpgrade(
  upgrades: readonly ClientUpgrade[],
  request: GateRequest,
  nowMs: number,
): Outcome | null {
  let recommended: Outcome | null = null;
  for (let i = 0; i < upgrades.length; i++) {
    const upgrade = upgrades[i];
    if (upgrade === undefined) break;
    const { rule } = upgrade;
    const release = releaseNow(upgrade, nowMs);
    const isRequired = release !== null && nowMs >= rule.requiredMs;
    // A recommendation is overtaken by requirements alone.
    if (!isRequired && recommended !== null) continue;
    if (!isForAccount(rule.audience, request)) continue;
    if (isRequired) return release.required;
    recommended = release === null ? rule.unavailable : release.recommended;
  }
  return recommended;
}

/** The release that the installation can have now; null: none. */
function releaseNow({ release, installersRelease }: ClientUpgrade, nowMs: number): Release | null {
  if (release !== null && nowMs >= release.availableMs) return release;
  return installersRelease !== null && nowMs >= installersRelease.availableMs ? installersRelease : null;
}

function highestEpoch(
  rules: readonly CompiledRedownload[],
  request: GateRequest,
  nowMs: number,
): Outcome | null {
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    // The epochs that follow are no higher.
    if (rule === undefined || request.offlineEpoch >= rule.epoch) break;
    if (isForAccount(rule.audience, request) && isOpen(rule.waves, request, nowMs)) return rule.outcome;
  }
  return null;
}
