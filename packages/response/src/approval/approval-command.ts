import type { ApprovalSignature, Extension } from "./approval-state.ts";

/** Asks for approvals to put a plan in force. What it reaches was counted on the directory of `directoryAsOf`. */
interface AskForPlan {
  readonly kind: "ask-approval";
  readonly act: "plan";
  readonly planId: string;
  /** Distinct accounts that any measure of the plan concerns; null where nobody can tell. */
  readonly reachAccounts: number | null;
  readonly directoryAsOf: string;
}

/** Asks for approvals to take a plan's measures back; of a run that is under way, to roll it back. */
interface AskForLift {
  readonly kind: "ask-approval";
  readonly act: "lift";
  readonly planId: string;
  readonly because: string;
}

interface AskForExtension {
  readonly kind: "ask-approval";
  readonly act: "extension";
  readonly planId: string;
  readonly because: string;
  readonly extension: Extension;
}

interface GiveApproval {
  readonly kind: "give-approval";
  readonly planId: string;
  /** Of what the approver has read. */
  readonly digest: string;
  readonly signature?: ApprovalSignature;
}

interface DeclineApproval {
  readonly kind: "decline-approval";
  readonly planId: string;
  readonly digest: string;
  readonly because: string;
}

/** One person puts in force what needs more people; it must be reviewed afterwards. Never for a lift. */
interface BreakTheGlass {
  readonly kind: "break-glass";
  readonly planId: string;
  readonly digest: string;
  readonly because: string;
}

interface ReviewBreakGlass {
  readonly kind: "review-break-glass";
  readonly digest: string;
  readonly justified: boolean;
  readonly because: string;
}

export type ApprovalCommand =
  | AskForPlan
  | AskForLift
  | AskForExtension
  | GiveApproval
  | DeclineApproval
  | BreakTheGlass
  | ReviewBreakGlass;
