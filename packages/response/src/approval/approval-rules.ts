/** How many people must agree to what, and for how long it holds. */
export interface ApprovalRules {
  /** The most accounts that an act may reach with one approval; over it, and where nobody can tell, two people must agree. */
  readonly oneApprovalUpToAccounts: number;
  /** The most that one may reach with two; over it, where nobody can tell, and for every lift, three. Null: two are always enough. */
  readonly twoApprovalsUpToAccounts: number | null;
  /** An approval counts for so long after it was given. */
  readonly approvalLastsMs: number;
  /** How old the directory may be that an act's reach was counted on; a plan's terms may ask for less. */
  readonly directoryAgeMaxMs: number;
  /** How soon after a break-glass somebody else must have reviewed it. */
  readonly reviewWithinMs: number;
}

const hourMs = 3_600_000;

export const defaultApprovalRules: ApprovalRules = {
  oneApprovalUpToAccounts: 1,
  twoApprovalsUpToAccounts: null,
  approvalLastsMs: 24 * hourMs,
  directoryAgeMaxMs: 24 * hourMs,
  reviewWithinMs: 72 * hourMs,
};

/**
 * What approvals are for. `plan`: to put its measures in force; `lift`: to take them back; `extension`: to let a run go on
 * longer or slower.
 */
export const acts = ["plan", "lift", "extension"] as const;
export type Act = (typeof acts)[number];

/** Approvals that an act needs. `reachAccounts`: null where nobody can tell. */
export function approvalsNeeded(act: Act, reachAccounts: number | null, rules: ApprovalRules): 1 | 2 | 3 {
  const { oneApprovalUpToAccounts: one, twoApprovalsUpToAccounts: two } = rules;
  // Letting everybody in again is as dangerous as signing everybody out, whomever it reaches.
  if (act === "lift" || reachAccounts === null) return two === null ? 2 : 3;
  if (reachAccounts <= one) return 1;
  return two === null || reachAccounts <= two ? 2 : 3;
}
