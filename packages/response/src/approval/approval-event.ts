import type { Done } from "../event.ts";
import type { Act } from "./approval-rules.ts";
import type { ApprovalSignature, Extension } from "./approval-state.ts";

interface ApprovalAsked extends Done {
  readonly planId: string;
  readonly act: Act;
  readonly digest: string;
  readonly reachAccounts: number | null;
  readonly directoryAsOf: string | null;
  readonly because: string | null;
  readonly extension: Extension | null;
  readonly authors: readonly string[];
}

interface ApprovalGiven extends Done {
  readonly planId: string;
  readonly digest: string;
  readonly signature: ApprovalSignature | null;
}

interface ApprovalDeclined extends Done {
  readonly planId: string;
  readonly digest: string;
  readonly because: string;
}

interface GlassBroken extends Done {
  readonly planId: string;
  readonly digest: string;
  readonly because: string;
  readonly approvalsHad: number;
  readonly approvalsNeeded: number;
  readonly reviewBy: string;
}

interface GlassReviewed extends Done {
  readonly digest: string;
  readonly justified: boolean;
  readonly because: string;
}

export interface ApprovalEventData {
  readonly "approval-asked": ApprovalAsked;
  readonly "approval-given": ApprovalGiven;
  readonly "approval-declined": ApprovalDeclined;
  readonly "glass-broken": GlassBroken;
  readonly "glass-reviewed": GlassReviewed;
}
