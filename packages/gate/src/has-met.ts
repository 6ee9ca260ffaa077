import {
  installerStoreOf,
  isBuildBelow,
  isCodeBelow,
  isOldFormat,
  isVersionBelow,
  namesKey,
  timeFor,
} from "./applies.ts";
import { isForAccount, isForClient, isOpen } from "./audience.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { GateRequest } from "./request.ts";

/**
 * Whether a request shows that its account has done what a rule asks: the rule is for it, its wave is open, and what the rule
 * asks is there. `index`: of the rule in the policy's order. False for a request without account, for a time or version that
 * nobody knows, and for `refuse_client`, which asks nothing that could be done.
 */
export function hasMet(
  compiled: CompiledPolicy,
  index: number,
  request: GateRequest,
  nowMs: number,
): boolean {
  const rule = compiled.rules[index];
  if (rule === undefined || rule.measure === "refuse_client" || request.account === null) return false;
  return (
    isForClient(rule.audience, request, installerStoreOf(request)) &&
    isDone(compiled, rule, request, nowMs) &&
    isForAccount(rule.audience, request) &&
    ("waves" in rule ? isOpen(rule.waves, request, nowMs) : true)
  );
}

/** The wave of an account under the rule at `index`; null for a rule without waves. */
export function waveUnder(compiled: CompiledPolicy, index: number, account: string): number | null {
  const rule = compiled.rules[index];
  if (rule === undefined || !("waves" in rule) || rule.waves === null) return null;
  return rule.waves.hash.waveOf(account, rule.waves.waves);
}

function isDone(
  { versions }: CompiledPolicy,
  rule: Exclude<CompiledRule, { readonly measure: "refuse_client" }>,
  request: GateRequest,
  nowMs: number,
): boolean {
  switch (rule.measure) {
    case "reauthenticate":
    case "change_password": {
      if (rule.keys !== null) return request.keyId !== null && !namesKey(rule.keys, request);
      const timeMs = timeFor(rule, request);
      // A cutoff that is still to come asks nobody yet.
      return timeMs !== null && nowMs >= rule.cutoffMs && timeMs >= rule.cutoffMs;
    }
    case "upgrade": {
      if (request.version === null) return false;
      const installation = request.installation ?? null;
      return (
        !isVersionBelow(rule, request, versions) &&
        !isCodeBelow(rule, installation) &&
        !isBuildBelow(rule, installation, versions)
      );
    }
    case "redownload":
      return request.offlineEpoch >= rule.epoch && !isOldFormat(rule, request, versions);
  }
}
