import { everyone, parsePolicy, type Policy } from "@cordon/gate";
import { formatInstant, InputError, isJsonObject } from "@cordon/model";

/** What a bundle takes from a policy, checked against the directory that its cohorts come from. */
interface BundlePolicy {
  readonly version: number;
  /** As their author wrote them: what was reviewed is what is signed. */
  readonly rules: unknown;
  /**
   * The cohorts of rules for which an account outside the directory is not safe by being younger than a cutoff:
   * upgrades, downloads, refused clients and stolen keys.
   */
  readonly withoutCutoff: ReadonlySet<string>;
}

/** Throws a GateError or an InputError at a key path of the policy. */
export function bundlePolicy(
  written: unknown,
  given: { readonly cohorts: ReadonlyMap<string, unknown>; readonly asOfMs: number },
): BundlePolicy {
  const policy = parsePolicy(written, given.cohorts.keys());
  checkCohorts(policy, given.cohorts);
  checkCutoffs(policy, given.asOfMs);
  const rules = isJsonObject(written) ? written["rules"] : [];
  return { version: policy.version, rules, withoutCutoff: cohortsWithoutCutoff(policy) };
}

function cohortsWithoutCutoff({ rules }: Policy): ReadonlySet<string> {
  const names = new Set<string>();
  for (const rule of rules) {
    const hasCutoff = "cutoffMs" in rule && rule.cutoffMs !== null;
    if (rule.cohort !== null && !hasCutoff) names.add(rule.cohort);
  }
  return names;
}

function checkCohorts(policy: Policy, members: ReadonlyMap<string, unknown>): void {
  for (const name of policy.cohorts.keys()) {
    if (!members.has(name)) throw new InputError(["cohorts", name], "a cohort without members", "its ids");
  }
  if (members.has(everyone)) throw new InputError(["cohorts", everyone], "`everyone` with members", "none");
}

/** Accounts younger than the directory are in no listed cohort, which hurts nobody only when they are younger than the cutoff. */
function checkCutoffs(policy: Policy, asOfMs: number): void {
  for (const [index, rule] of policy.rules.entries()) {
    if (rule.measure !== "reauthenticate" && rule.measure !== "change_password") continue;
    if (rule.cohort === null || rule.cohort === everyone) continue;
    if (rule.cutoffMs === null || rule.cutoffMs <= asOfMs) continue;
    throw new InputError(
      ["rules", index, "cutoff"],
      `the cutoff of a listed cohort, ${formatInstant(rule.cutoffMs)}, is later than the directory`,
      `${formatInstant(asOfMs)} at the latest`,
    );
  }
}
