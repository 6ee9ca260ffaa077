import { createHash } from "node:crypto";
import { canonicalJson } from "@cordon/model";
import type { DecisionContext } from "../command.ts";
import { ResponseError } from "../errors.ts";
import type { Step } from "../incident.ts";
import { rolesOf, systemOperator, type Role } from "../role.ts";
import { requireText } from "../wording.ts";
import { approvalsNeeded, defaultApprovalRules, type ApprovalRules } from "./approval-rules.ts";

/** What an operator may change of the rules for approvals. */
export type ApprovalLimits = Pick<
  ApprovalRules,
  "oneApprovalUpToAccounts" | "twoApprovalsUpToAccounts" | "approvalLastsMs"
>;

/** Looser limits that wait for people to agree. */
export interface AskedLimits extends Step {
  readonly limits: ApprovalLimits;
  readonly because: string;
  readonly digest: string;
  readonly approvals: readonly Step[];
}

/** The limits in force, of all incidents, and what is asked of them. */
export interface LimitsState {
  readonly rules: ApprovalRules;
  readonly asked: AskedLimits | null;
  /** Grows with every event, so that no two askings have the same digest. */
  readonly revision: number;
}

export type LimitsCommand =
  | { readonly kind: "set-limits"; readonly limits: ApprovalLimits; readonly because: string }
  | { readonly kind: "agree-limits"; readonly digest: string };

export type LimitsEvent =
  | {
      readonly type: "approval-limits-asked";
      readonly data: {
        readonly by: string;
        readonly limits: ApprovalLimits;
        readonly because: string;
        readonly digest: string;
      };
    }
  | {
      readonly type: "approval-limits-agreed";
      readonly data: { readonly by: string; readonly digest: string };
    }
  | {
      readonly type: "approval-limits-set";
      readonly data: { readonly by: string; readonly limits: ApprovalLimits; readonly because: string };
    };

export const defaultLimits: LimitsState = { rules: defaultApprovalRules, asked: null, revision: 0 };

const dayMs = 86_400_000;
/** An approval lasts so long at most, and a minute at least. */
const lastsMaxMs = 30 * dayMs;
const lastsMinMs = 60_000;

/** How many others must agree to looser limits: as many as the limits in force ask for at the most. */
export function agreementsNeeded(rules: ApprovalRules): number {
  return approvalsNeeded("lift", null, rules);
}

/**
 * Tighter limits hold at once. Looser ones wait until as many others as the limits in force ask for at the most have agreed, each an
 * approver or administrator; an agreement lasts as long as an approval does.
 * Throws ERR_ROLE, ERR_TERMS, ERR_OWN_APPROVAL, ERR_APPROVAL_STALE, ERR_NOT_ASKED.
 */
export function decideLimits(
  state: LimitsState,
  command: LimitsCommand,
  context: DecisionContext,
): readonly LimitsEvent[] {
  const { operator: by } = context;
  if (command.kind === "set-limits") {
    requireAny(context, ["administrator"], "change the limits of approvals");
    checkLimits(command.limits);
    const { oneApprovalUpToAccounts, twoApprovalsUpToAccounts, approvalLastsMs } = command.limits;
    const limits = { oneApprovalUpToAccounts, twoApprovalsUpToAccounts, approvalLastsMs };
    const because = requireText("the reason", command.because);
    if (!isLooser(state.rules, limits))
      return [{ type: "approval-limits-set", data: { by, limits, because } }];
    const digest = digestOf(state.revision + 1, limits, because);
    return [{ type: "approval-limits-asked", data: { by, limits, because, digest } }];
  }
  requireAny(context, ["approver", "administrator"], "agree to looser limits of approvals");
  const { asked } = state;
  if (asked === null) throw new ResponseError("ERR_NOT_ASKED", ["no looser limits wait for agreement"]);
  if (asked.digest !== command.digest)
    throw new ResponseError("ERR_APPROVAL_STALE", [`\`${command.digest}\` is not what is asked now`]);
  if (asked.by === by)
    throw new ResponseError("ERR_OWN_APPROVAL", [`\`${by}\` asked for the limits, so others must agree`]);
  const counting = agreed(state, context);
  if (counting.has(by)) throw new ResponseError("ERR_APPROVAL_STALE", [`\`${by}\` has agreed already`]);
  const events: LimitsEvent[] = [{ type: "approval-limits-agreed", data: { by, digest: asked.digest } }];
  if (counting.size + 1 < agreementsNeeded(state.rules)) return events;
  const { limits, because } = asked;
  return [...events, { type: "approval-limits-set", data: { by: asked.by, limits, because } }];
}

export function evolveLimits(state: LimitsState, event: LimitsEvent, atMs: number): LimitsState {
  const revision = state.revision + 1;
  switch (event.type) {
    case "approval-limits-asked": {
      const { by, limits, because, digest } = event.data;
      return { ...state, revision, asked: { by, atMs, limits, because, digest, approvals: [] } };
    }
    case "approval-limits-agreed": {
      const { asked } = state;
      if (asked?.digest !== event.data.digest) return { ...state, revision };
      const approvals = [...asked.approvals, { by: event.data.by, atMs }];
      return { ...state, revision, asked: { ...asked, approvals } };
    }
    case "approval-limits-set":
      // What was asked against other limits is void.
      return { rules: { ...state.rules, ...event.data.limits }, asked: null, revision };
  }
}

/** Who agrees now: nobody twice, not the one who asked, nobody without the role, nothing that has expired. */
function agreed({ asked, rules }: LimitsState, context: DecisionContext): ReadonlySet<string> {
  const people = new Set<string>();
  for (const { by, atMs } of asked?.approvals ?? []) {
    if (by === asked?.by || context.nowMs - atMs >= rules.approvalLastsMs) continue;
    const has = rolesOf(null, by, context);
    if (has.has("approver") || has.has("administrator")) people.add(by);
  }
  return people;
}

function requireAny(context: DecisionContext, needed: readonly Role[], what: string): void {
  const { operator, scope } = context;
  const has = rolesOf(null, operator, context);
  const may = needed.some((role) => has.has(role) && (scope?.includes(role) ?? true));
  if (may && operator !== systemOperator) return;
  throw new ResponseError("ERR_ROLE", [`\`${operator}\` may not ${what}: only ${needed.join(" or ")} may`]);
}

function isLooser(now: ApprovalLimits, next: ApprovalLimits): boolean {
  return (
    next.oneApprovalUpToAccounts > now.oneApprovalUpToAccounts ||
    (next.twoApprovalsUpToAccounts ?? Infinity) > (now.twoApprovalsUpToAccounts ?? Infinity) ||
    next.approvalLastsMs > now.approvalLastsMs
  );
}

function checkLimits({
  oneApprovalUpToAccounts: one,
  twoApprovalsUpToAccounts: two,
  approvalLastsMs,
}: ApprovalLimits) {
  const faults: string[] = [];
  if (!Number.isSafeInteger(one) || one < 0)
    faults.push(`one approval up to ${one} accounts, expected 0 or more`);
  if (two !== null && (!Number.isSafeInteger(two) || two < one))
    faults.push(`two approvals up to ${two} accounts, expected at least the ${one} of one approval`);
  if (!Number.isSafeInteger(approvalLastsMs) || approvalLastsMs < lastsMinMs || approvalLastsMs > lastsMaxMs)
    faults.push(`an approval lasts ${approvalLastsMs} ms, expected ${lastsMinMs} to ${lastsMaxMs}`);
  const [first, ...others] = faults;
  if (first !== undefined) throw new ResponseError("ERR_TERMS", [first, ...others]);
}

function digestOf(revision: number, limits: ApprovalLimits, because: string): string {
  const text = canonicalJson({ revision, limits: { ...limits }, because });
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
