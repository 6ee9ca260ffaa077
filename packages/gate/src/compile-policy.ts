import { fail, named } from "./fields.ts";
import { everyone } from "./parse-policy.ts";
import type {
  CutoffRule,
  Policy,
  RedownloadRule,
  RefuseClientRule,
  Rollout,
  Rule,
  UpgradeRule,
  Where,
} from "./policy.ts";
import type { GateRequest } from "./request.ts";
import { waveOf } from "./wave.ts";

/** The members of one listed cohort. */
export interface CohortSet {
  readonly members: number;
  /** Exact for the accounts of the directory it was built from; `ordinal` counts only in sets built by ordinal. */
  has(account: string | null, ordinal: number | null): boolean;
}

/** A rule joined to the members of its cohort. */
export interface Compiled<R extends Rule> {
  readonly rule: R;
  /** Null: the rule has no listed cohort. */
  readonly set: CohortSet | null;
}

/** A policy ready to decide with. Rules of one measure stand in the policy's order. */
export interface CompiledPolicy {
  readonly version: number;
  readonly refuseClient: readonly Compiled<RefuseClientRule>[];
  readonly reauthenticate: readonly Compiled<CutoffRule>[];
  readonly changePassword: readonly Compiled<CutoffRule>[];
  readonly upgrade: readonly Compiled<UpgradeRule>[];
  readonly redownload: readonly Compiled<RedownloadRule>[];
  /** By rule id; rules without a cutoff are not in it. */
  readonly cutoffsMs: ReadonlyMap<string, number>;
}

/** Throws a GateError when a rule's cohort has no set. */
export function compilePolicy(policy: Policy, sets: ReadonlyMap<string, CohortSet>): CompiledPolicy {
  const refuseClient: Compiled<RefuseClientRule>[] = [];
  const reauthenticate: Compiled<CutoffRule>[] = [];
  const changePassword: Compiled<CutoffRule>[] = [];
  const upgrade: Compiled<UpgradeRule>[] = [];
  const redownload: Compiled<RedownloadRule>[] = [];
  const cutoffsMs = new Map<string, number>();
  for (const [index, rule] of policy.rules.entries()) {
    const set = setOf(rule, index, sets);
    switch (rule.measure) {
      case "refuse_client":
        refuseClient.push({ rule, set });
        break;
      case "reauthenticate":
      case "change_password":
        (rule.measure === "reauthenticate" ? reauthenticate : changePassword).push({ rule, set });
        if (rule.cutoffMs !== null) cutoffsMs.set(rule.id, rule.cutoffMs);
        break;
      case "upgrade":
        upgrade.push({ rule, set });
        break;
      case "redownload":
        redownload.push({ rule, set });
        break;
    }
  }
  return {
    version: policy.version,
    refuseClient,
    reauthenticate,
    changePassword,
    upgrade,
    redownload,
    cutoffsMs,
  };
}

/** A rule's cutoff in ms, for the `max_age` of a 401; null for a rule with `keys`, of another measure, or unknown. */
export function cutoffMs(compiled: CompiledPolicy, ruleId: string): number | null {
  return compiled.cutoffsMs.get(ruleId) ?? null;
}

function setOf(rule: Rule, index: number, sets: ReadonlyMap<string, CohortSet>): CohortSet | null {
  if (rule.cohort === null || rule.cohort === everyone) return null;
  const set = sets.get(rule.cohort);
  if (set !== undefined) return set;
  throw fail(["rules", index, "cohort"], `cohort ${named(rule.cohort)} has no members`, "a set of them");
}

/** Whether a rule is for this client and this account. A request without account is in no cohort. */
export function isFor({ rule, set }: Compiled<Rule>, request: GateRequest): boolean {
  if (!matches(rule.where, request)) return false;
  if (rule.cohort === null) return true;
  if (request.account === null) return false;
  return set === null || set.has(request.account, request.ordinal);
}

function matches({ platform, store }: Where, request: GateRequest): boolean {
  // A missing platform matches no `where` on platform.
  if (platform !== null && (request.platform === null || !platform.has(request.platform))) return false;
  return store === null || store.has(request.store);
}

/** Whether the wave of the request's account is open. A request without account is in the first wave. */
export function isOpen(rule: CutoffRule | RedownloadRule, request: GateRequest, nowMs: number): boolean {
  if (rule.rollout === null) return true;
  const { fromMs, overMs, waves } = rule.rollout;
  const elapsedMs = nowMs - fromMs;
  if (elapsedMs < 0) return false;
  if (elapsedMs >= overMs || request.account === null) return true;
  return opensWithin(elapsedMs, waveOf(rule.id, request.account, waves), rule.rollout);
}

/** elapsed ≥ wave · over / waves, exactly: a wave takes effect at its instant, whole millisecond or not. */
function opensWithin(elapsedMs: number, wave: number, { overMs, waves }: Rollout): boolean {
  const left = elapsedMs * waves;
  const right = wave * overMs;
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left >= right;
  return BigInt(elapsedMs) * BigInt(waves) >= BigInt(wave) * BigInt(overMs);
}
