import {
  installerStoreOf,
  isBeforeCutoff,
  isBuildBelow,
  isCodeBelow,
  isOldFormat,
  isVersionBelow,
  namesKey,
  refusalReason,
  timeFor,
  type RefusalReason,
} from "./applies.ts";
import { isForAccount, isForClient, isOpen } from "./audience.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import type {
  CompiledCutoff,
  CompiledRedownload,
  CompiledRefusal,
  CompiledRule,
  CompiledUpgrade,
} from "./compiled-rule.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { Measure } from "./policy.ts";
import type { GateRequest } from "./request.ts";

/** What makes a rule apply. */
export type ReasonFor =
  | RefusalReason
  | "time-before-cutoff"
  | "time-missing"
  | "key-listed"
  | "version-below"
  | "code-below"
  | "build-below"
  | "epoch-lower";

/** Why a rule does not apply: the first of these, in this order. */
export type ReasonAgainst =
  // Whom it is for.
  | "no-platform"
  | "other-platform"
  | "other-store"
  | "no-account"
  | "not-in-cohort"
  // What it asks.
  | "client-trusted"
  | "key-not-listed"
  | "cutoff-ahead"
  | "missing-time-ignored"
  | "time-not-before-cutoff"
  | "version-not-below"
  | "epoch-reached"
  | "version-below-from"
  // When.
  | "rollout-ahead"
  | "wave-closed";

export interface RuleExplanation {
  readonly rule: string;
  readonly measure: Measure;
  readonly applies: boolean;
  readonly because: ReasonFor | ReasonAgainst;
  /** Only of a rule that applies: whether it decides for its measure, or another one outranks it. */
  readonly decides?: boolean;
}

/** A decision and what each rule, in the policy's order, had to do with it. It names no account. */
export interface Explanation {
  readonly decision: Decision;
  readonly rules: readonly RuleExplanation[];
}

/** Decides one request and says why. `nowMs` is in milliseconds since the epoch. */
export function explain(compiled: CompiledPolicy, request: GateRequest, nowMs: number): Explanation {
  const decision = decide(compiled, request, nowMs);
  const rules = compiled.rules.map((rule): RuleExplanation => {
    const verdict = verdictOf(rule, compiled, request, nowMs);
    const { id, measure } = rule;
    if (!verdict.applies) return { rule: id, measure, ...verdict };
    return { rule: id, measure, ...verdict, decides: decision.directives.some((one) => one.rule === id) };
  });
  return { decision, rules };
}

type Verdict =
  | { readonly applies: true; readonly because: ReasonFor }
  | { readonly applies: false; readonly because: ReasonAgainst };

function applies(because: ReasonFor): Verdict {
  return { applies: true, because };
}

function not(because: ReasonAgainst): Verdict {
  return { applies: false, because };
}

function verdictOf(
  rule: CompiledRule,
  compiled: CompiledPolicy,
  request: GateRequest,
  nowMs: number,
): Verdict {
  const notFor = reasonNotFor(rule, request);
  if (notFor !== null) return not(notFor);
  switch (rule.measure) {
    case "refuse_client":
      return refusalVerdict(rule, request);
    case "reauthenticate":
    case "change_password":
      return cutoffVerdict(rule, request, nowMs);
    case "upgrade":
      return upgradeVerdict(rule, compiled, request);
    case "redownload":
      return redownloadVerdict(rule, compiled, request, nowMs);
  }
}

function reasonNotFor({ audience }: CompiledRule, request: GateRequest): ReasonAgainst | null {
  if (!isForClient({ ...audience, stores: null }, request, null)) {
    return request.platform === null ? "no-platform" : "other-platform";
  }
  if (!isForClient(audience, request, installerStoreOf(request))) return "other-store";
  if (isForAccount(audience, request)) return null;
  return request.account === null ? "no-account" : "not-in-cohort";
}

function refusalVerdict(rule: CompiledRefusal, request: GateRequest): Verdict {
  const reason = refusalReason(rule, request, installerStoreOf(request));
  return reason === null ? not("client-trusted") : applies(reason);
}

function cutoffVerdict(rule: CompiledCutoff, request: GateRequest, nowMs: number): Verdict {
  const timeMs = timeFor(rule, request);
  if (rule.keys !== null) {
    if (!namesKey(rule.keys, request)) return not("key-not-listed");
  } else if (nowMs < rule.cutoffMs) {
    return not("cutoff-ahead");
  } else if (!isBeforeCutoff(rule, request)) {
    return not(timeMs === null ? "missing-time-ignored" : "time-not-before-cutoff");
  }
  const found = rule.keys !== null ? "key-listed" : timeMs === null ? "time-missing" : "time-before-cutoff";
  return ifOpen(rule, request, nowMs, found);
}

function upgradeVerdict(rule: CompiledUpgrade, { versions }: CompiledPolicy, request: GateRequest): Verdict {
  const installation = request.installation ?? null;
  if (isVersionBelow(rule, request, versions)) return applies("version-below");
  if (isCodeBelow(rule, installation)) return applies("code-below");
  return isBuildBelow(rule, installation, versions) ? applies("build-below") : not("version-not-below");
}

function redownloadVerdict(
  rule: CompiledRedownload,
  { versions }: CompiledPolicy,
  request: GateRequest,
  nowMs: number,
): Verdict {
  if (request.offlineEpoch >= rule.epoch) return not("epoch-reached");
  if (isOldFormat(rule, request, versions)) return not("version-below-from");
  return ifOpen(rule, request, nowMs, "epoch-lower");
}

function ifOpen(
  { waves }: CompiledCutoff | CompiledRedownload,
  request: GateRequest,
  nowMs: number,
  because: ReasonFor,
): Verdict {
  if (isOpen(waves, request, nowMs)) return applies(because);
  return not(waves !== null && nowMs < waves.fromMs ? "rollout-ahead" : "wave-closed");
}
