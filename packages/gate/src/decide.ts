import { isFor, isOpen, type Compiled, type CompiledPolicy } from "./compile-policy.ts";
import type { CutoffRule, RedownloadRule, RefuseClientRule, UpgradeRule } from "./policy.ts";
import type { GateRequest } from "./request.ts";
import { compareVersions, parseVersion } from "./version.ts";

/** What one client must do now. As JSON it is exactly what contracts 4 says. */
export type Directive =
  | {
      readonly measure: "refuse_client" | "reauthenticate" | "change_password" | "redownload";
      /** The id of the rule that decided. */
      readonly rule: string;
      readonly required: true;
    }
  | {
      readonly measure: "upgrade";
      readonly rule: string;
      /** False for a recommendation. */
      readonly required: boolean;
      readonly link?: string;
      /** Only there when the version is not in the installation's store. */
      readonly available?: false;
    };

export interface Decision {
  readonly allow: boolean;
  /** At most one a measure, in the order of `measures`. */
  readonly directives: readonly Directive[];
}

/** Decides one request. `nowMs` is in milliseconds since the epoch. */
export function decide(compiled: CompiledPolicy, request: GateRequest, nowMs: number): Decision {
  const directives: Directive[] = [];
  for (const directive of [
    refusal(compiled.refuseClient, request),
    latestCutoff(compiled.reauthenticate, request, nowMs),
    latestCutoff(compiled.changePassword, request, nowMs),
    strongestUpgrade(compiled.upgrade, request, nowMs),
    highestEpoch(compiled.redownload, request, nowMs),
  ]) {
    if (directive !== null) directives.push(directive);
  }
  return { allow: !directives.some(denies), directives };
}

function denies(directive: Directive): boolean {
  return directive.required && directive.measure !== "redownload";
}

function refusal(rules: readonly Compiled<RefuseClientRule>[], request: GateRequest): Directive | null {
  for (const compiled of rules) {
    const { id, trusted } = compiled.rule;
    if (!trusted.has(request.store) && isFor(compiled, request)) {
      return { measure: "refuse_client", rule: id, required: true };
    }
  }
  return null;
}

function latestCutoff(
  rules: readonly Compiled<CutoffRule>[],
  request: GateRequest,
  nowMs: number,
): Directive | null {
  let latest: CutoffRule | null = null;
  for (const compiled of rules) {
    const { rule } = compiled;
    // Ties go to the first, so only a later cutoff is worth a look.
    if (latest !== null && rankMs(rule) <= rankMs(latest)) continue;
    if (cutoffApplies(rule, request, nowMs) && isFor(compiled, request) && isOpen(rule, request, nowMs)) {
      latest = rule;
    }
  }
  return latest === null ? null : { measure: latest.measure, rule: latest.id, required: true };
}

/** A rule with `keys` ranks as the latest cutoff. */
function rankMs(rule: CutoffRule): number {
  return rule.cutoffMs ?? Infinity;
}

function cutoffApplies(rule: CutoffRule, request: GateRequest, nowMs: number): boolean {
  if (rule.keys !== null) return request.keyId !== null && rule.keys.has(request.keyId);
  if (rule.cutoffMs === null || nowMs < rule.cutoffMs) return false;
  const timeMs = rule.measure === "reauthenticate" ? request.authTimeMs : request.passwordSetAtMs;
  return timeMs === null ? rule.onMissing === "apply" : timeMs < rule.cutoffMs;
}

function strongestUpgrade(
  rules: readonly Compiled<UpgradeRule>[],
  request: GateRequest,
  nowMs: number,
): Directive | null {
  if (rules.length === 0) return null;
  const version = request.version === null ? null : parseVersion(request.version);
  let strongest: { rule: UpgradeRule; required: boolean } | null = null;
  for (const compiled of rules) {
    const { rule } = compiled;
    if (compareVersions(version, rule.below) >= 0 || !isFor(compiled, request)) continue;
    const required = isRequired(rule, request.store, nowMs);
    if (strongest === null || isStronger({ rule, required }, strongest)) strongest = { rule, required };
  }
  return strongest === null
    ? null
    : upgradeDirective(strongest.rule, strongest.required, request.store, nowMs);
}

interface ApplyingUpgrade {
  readonly rule: UpgradeRule;
  readonly required: boolean;
}

/** A required one first, then the highest `below`. */
function isStronger(a: ApplyingUpgrade, b: ApplyingUpgrade): boolean {
  if (a.required !== b.required) return a.required;
  return compareVersions(a.rule.below, b.rule.below) > 0;
}

function isAvailable(rule: UpgradeRule, store: string, nowMs: number): boolean {
  const availableMs = rule.stores.get(store)?.availableMs ?? null;
  return availableMs !== null && nowMs >= availableMs;
}

function isRequired(rule: UpgradeRule, store: string, nowMs: number): boolean {
  return rule.requiredMs !== null && nowMs >= rule.requiredMs && isAvailable(rule, store, nowMs);
}

function upgradeDirective(rule: UpgradeRule, required: boolean, store: string, nowMs: number): Directive {
  const directive = { measure: rule.measure, rule: rule.id, required };
  if (!isAvailable(rule, store, nowMs)) return { ...directive, available: false };
  const link = rule.stores.get(store)?.link ?? null;
  return link === null ? directive : { ...directive, link };
}

function highestEpoch(
  rules: readonly Compiled<RedownloadRule>[],
  request: GateRequest,
  nowMs: number,
): Directive | null {
  let highest: RedownloadRule | null = null;
  for (const compiled of rules) {
    const { rule } = compiled;
    if (request.offlineEpoch >= rule.epoch || (highest !== null && rule.epoch <= highest.epoch)) continue;
    if (isOldFormat(rule, request) || !isFor(compiled, request) || !isOpen(rule, request, nowMs)) continue;
    highest = rule;
  }
  return highest === null ? null : { measure: "redownload", rule: highest.id, required: true };
}

/** Below the rule's `from`, a client could not read what is issued anew. */
function isOldFormat(rule: RedownloadRule, request: GateRequest): boolean {
  if (rule.from === null) return false;
  return compareVersions(request.version === null ? null : parseVersion(request.version), rule.from) < 0;
}
