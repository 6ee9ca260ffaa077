import type { Step } from "../incident.ts";
import type { Act } from "./approval-rules.ts";

/** How a run that is under way is prolonged. */
export interface Extension {
  /** Each wave takes so many times as long as planned; never less than now. */
  readonly pace: number;
  /** When the run ends at the latest; null: as it was. */
  readonly until: string | null;
}

/** A signature over the bundle by the approver's own key. Enforcement points check it; here it is only kept. */
export interface ApprovalSignature {
  readonly keyId: string;
  readonly bundleSha256: string;
  readonly value: string;
}

export interface Approval extends Step {
  readonly signature: ApprovalSignature | null;
}

/** An act that waits for approvals, or has had them. */
export interface AskedApproval {
  readonly act: Act;
  /** Over all that is approved (act-digest.ts). */
  readonly digest: string;
  readonly reachAccounts: number | null;
  readonly directoryAsOf: string | null;
  readonly because: string | null;
  readonly extension: Extension | null;
  readonly asked: Step;
  /** Whoever had a hand in it: their approval doesn't count. */
  readonly authors: readonly string[];
  readonly approvals: readonly Approval[];
  readonly declined: (Step & { readonly because: string }) | null;
  /** When there were enough, or the glass was broken. */
  readonly granted: Step | null;
}

/** An act that one person did without the approvals it needed. */
export interface BreakGlass extends Step {
  readonly planId: string;
  readonly digest: string;
  readonly because: string;
  readonly approvalsHad: number;
  readonly approvalsNeeded: number;
  /** When the review is due. */
  readonly reviewBy: string;
  readonly review: (Step & { readonly justified: boolean; readonly because: string }) | null;
}
