import type { RankedRules } from "./client-class.ts";
import { ClientClasses } from "./client-classes.ts";
import { CombinedDecisions } from "./combined-decisions.ts";
import {
  compileCutoff,
  compileRedownload,
  compileRefusal,
  compileUpgrade,
  type CohortSet,
  type CompiledCutoff,
  type CompiledRule,
} from "./compiled-rule.ts";
import { fail, named } from "./fields.ts";
import { everyone } from "./parse-policy.ts";
import type { Policy, Rule } from "./policy.ts";
import { compareVersions } from "./version.ts";
import { VersionCache } from "./version-cache.ts";

/** A policy ready to decide with. */
export interface CompiledPolicy {
  readonly version: number;
  /** In the policy's order. */
  readonly rules: readonly CompiledRule[];
  readonly clients: ClientClasses;
  /** By rule id; rules without a cutoff are not in it. */
  readonly cutoffsMs: ReadonlyMap<string, number>;
  readonly versions: VersionCache;
  readonly combined: CombinedDecisions;
}

/** Throws a GateError when a rule's cohort has no set. */
export function compilePolicy(policy: Policy, sets: ReadonlyMap<string, CohortSet>): CompiledPolicy {
  const rules = policy.rules.map((rule, index) => compileRule(rule, setOf(rule, index, sets)));
  const cutoffsMs = new Map<string, number>();
  for (const rule of policy.rules) {
    if ("cutoffMs" in rule && rule.cutoffMs !== null) cutoffsMs.set(rule.id, rule.cutoffMs);
  }
  const versions = new VersionCache();
  const ranked: RankedRules = {
    refuseClient: rules.filter((rule) => rule.measure === "refuse_client"),
    reauthenticateKeys: rules.filter(
      (rule): rule is CompiledCutoff => rule.measure === "reauthenticate" && rule.keys !== null,
    ),
    reauthenticate: cutoffRules(rules, "reauthenticate"),
    changePassword: cutoffRules(rules, "change_password"),
    upgrade: rules
      .filter((rule) => rule.measure === "upgrade")
      .toSorted((a, b) => compareVersions(b.below, a.below)),
    redownload: rules.filter((rule) => rule.measure === "redownload").toSorted((a, b) => b.epoch - a.epoch),
  };
  return {
    version: policy.version,
    rules,
    clients: new ClientClasses(ranked, versions),
    cutoffsMs,
    versions,
    combined: new CombinedDecisions(),
  };
}

/** A rule's cutoff in ms, for the `max_age` of a 401; null for a rule with `keys`, of another measure, or unknown. */
export function cutoffMs(compiled: CompiledPolicy, ruleId: string): number | null {
  return compiled.cutoffsMs.get(ruleId) ?? null;
}

function compileRule(rule: Rule, set: CohortSet | null): CompiledRule {
  switch (rule.measure) {
    case "refuse_client":
      return compileRefusal(rule, set);
    case "reauthenticate":
    case "change_password":
      return compileCutoff(rule, set);
    case "upgrade":
      return compileUpgrade(rule, set);
    case "redownload":
      return compileRedownload(rule, set);
  }
}

/** Those with a cutoff, the latest first. */
function cutoffRules(
  rules: readonly CompiledRule[],
  measure: CompiledCutoff["measure"],
): readonly CompiledCutoff[] {
  return rules
    .filter((rule): rule is CompiledCutoff => rule.measure === measure && rule.keys === null)
    .toSorted((a, b) => b.cutoffMs - a.cutoffMs);
}

function setOf(rule: Rule, index: number, sets: ReadonlyMap<string, CohortSet>): CohortSet | null {
  if (rule.cohort === null || rule.cohort === everyone) return null;
  const set = sets.get(rule.cohort);
  if (set !== undefined) return set;
  throw fail(["rules", index, "cohort"], `cohort ${named(rule.cohort)} has no members`, "a set of them");
}
