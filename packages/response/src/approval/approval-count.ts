import type { DecisionContext } from "../command.ts";
import type { Incident } from "../incident.ts";
import { rolesOf } from "../role.ts";
import { approvalsNeeded, defaultApprovalRules, type ApprovalRules } from "./approval-rules.ts";
import type { AskedApproval } from "./approval-state.ts";

/** How many must agree, and whose agreement counts now. */
export interface ApprovalCount {
  readonly needed: 1 | 2 | 3;
  /** Different people, sorted as they agreed. */
  readonly people: readonly string[];
  readonly isEnough: boolean;
}

export function rulesOf(context: DecisionContext): ApprovalRules {
  return context.approvalRules ?? defaultApprovalRules;
}

/**
 * Counts the approvals of an act as they stand at `context.nowMs`: each person once, no author, nobody who is no longer an
 * approver, none that has expired; after any decline nobody.
 */
export function countApprovals(
  incident: Incident,
  asked: AskedApproval,
  context: DecisionContext,
): ApprovalCount {
  const rules = rulesOf(context);
  const needed = approvalsNeeded(asked.act, asked.reachAccounts, rules);
  const people = new Set<string>();
  for (const { by, atMs } of asked.declined === null ? asked.approvals : []) {
    const isExpired = context.nowMs - atMs >= rules.approvalLastsMs;
    if (isExpired || asked.authors.includes(by)) continue;
    if (rolesOf(incident, by, context).has("approver")) people.add(by);
  }
  return { needed, people: [...people], isEnough: people.size >= needed };
}
